export function pypiFolder(choice: {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: boolean;
  readonly cache: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): string;
