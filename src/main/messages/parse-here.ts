/** The parse on the calling thread: for tests, single messages and small files. */
import { FileParser } from './parser.ts';
import type { ParseEvent, ParseOptions } from './types.ts';

/** Parses a file piece by piece. @throws CountersignError where it is refused; the abort reason where aborted. */
export async function* parseHere(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ParseOptions,
): AsyncGenerator<ParseEvent, void, undefined> {
  const parser = new FileParser(options.fileName);
  for await (const chunk of source) {
    options.signal?.throwIfAborted();
    parser.write(chunk);
    yield* drain(parser);
  }
  options.signal?.throwIfAborted();
  parser.end();
  yield* drain(parser);
}

/** Parses bytes that are all there. @throws CountersignError where they are refused. */
export function parseBytes(bytes: Uint8Array, fileName: string): ParseEvent[] {
  const parser = new FileParser(fileName);
  parser.write(bytes);
  parser.end();
  return [...drain(parser)];
}

function* drain(parser: FileParser): Generator<ParseEvent, void, undefined> {
  for (let event = parser.next(); event !== undefined; event = parser.next()) yield event;
}
