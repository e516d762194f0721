/** Named formats of text fields: the test and what to say when it fails. */
export interface TextFormat {
  readonly test: (value: string) => boolean;
  readonly message: string;
}

export const FORMATS: Readonly<Record<string, TextFormat>> = {};
