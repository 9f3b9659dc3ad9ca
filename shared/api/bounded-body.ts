/** An answer of a resume endpoint is small; nothing good is longer than this. */
const MAX_BYTES = 1_000_000;

/** Reads the body of a response as text; undefined where it is longer than {@link MAX_BYTES}, of which no more is read. */
export async function boundedBody(response: Response): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    // Leaving the loop cancels the body, and with it the connection.
    if (bytes > MAX_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
