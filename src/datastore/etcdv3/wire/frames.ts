/** gRPC's framing: each message is preceded by a flag for compression and four bytes of length. */
import { MalformedMessage } from './protobuf.ts';

/** Bytes before a message. */
export const HEADER = 5;

/** A message as it goes over the line. */
export function frame(message: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** How long the message behind a header is; throws MalformedMessage. */
export function messageLength(header: Buffer): number {
  if (header[0] !== 0) throw new MalformedMessage('etcd sent a compressed message, which nobody asked for');
  return header.readUInt32BE(1);
}

/** Takes chunks as they come and gives each message to `onMessage` once it is whole. */
export function frameReader(onMessage: (message: Uint8Array) => void): (chunk: Uint8Array) => void {
  let chunks: Uint8Array[] = [];
  let have = 0;
  let need = HEADER;
  return (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= need) {
      const all =
        chunks.length === 1
          ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, have)
          : Buffer.concat(chunks, have);
      chunks = [all];
      const end = HEADER + messageLength(all);
      need = end;
      if (have < end) return;
      onMessage(all.subarray(HEADER, end));
      chunks = [all.subarray(end)];
      have -= end;
      need = HEADER;
    }
  };
}
