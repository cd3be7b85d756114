/**
 * Cuts an MT940 or MT942 file into fields: SWIFT blocks and blank lines left out, continuation
 * lines joined to their tag, each field with its place in the original bytes.
 */

export interface MtField {
  /** `20`, `60F`, … without the colons. */
  readonly tag: string;
  /** The content by lines, line ends left out, as one-byte characters. */
  readonly lines: string[];
  readonly byteStart: number;
  /** End of the last line's content, line end left out. */
  byteEnd: number;
  readonly line: number;
}

export interface MtFieldSink {
  field(field: MtField): void;
  /** A message ends: `-`, `-}` or the end of block 4. */
  endMark(byteEnd: number): void;
  /** A line that belongs to no field. */
  stray(line: number): void;
  tooLong(line: number): never;
}

const TAG = /^:(\d{2}[A-Z]?):/;
/** SWIFT allows 10 lines of 65 characters in a field; banks exceed it, attackers more so. */
const MAX_FIELD_BYTES = 65_536;
const MAX_LINE_BYTES = 16_384;

export class MtLineReader {
  readonly #sink: MtFieldSink;
  #rest = '';
  #offset = 0;
  #line = 0;
  #field: MtField | undefined;
  #fieldBytes = 0;
  #first = true;
  #cutShort = false;

  constructor(sink: MtFieldSink) {
    this.#sink = sink;
  }

  get line(): number {
    return Math.max(1, this.#line);
  }

  /** True while the field is read that the end of the file closes. */
  get cutShort(): boolean {
    return this.#cutShort;
  }

  /** Offset of the first byte that is not read yet. */
  get offset(): number {
    return this.#offset;
  }

  write(chunk: Uint8Array): void {
    const text =
      this.#rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    let start = 0;
    for (;;) {
      const newline = text.indexOf('\n', start);
      if (newline < 0) break;
      const end = newline > start && text.charCodeAt(newline - 1) === 13 ? newline - 1 : newline;
      this.#takeLine(text.slice(start, end), newline + 1 - start);
      start = newline + 1;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > MAX_LINE_BYTES) this.#sink.tooLong(this.#line + 1);
  }

  /** Takes the last line, which may have no line end, and closes the last field. */
  end(): void {
    if (this.#rest !== '') this.#takeLine(this.#rest.replace(/\r$/, ''), this.#rest.length);
    this.#rest = '';
    this.#cutShort = this.#field !== undefined;
    this.#close();
    this.#cutShort = false;
  }

  #takeLine(raw: string, bytes: number): void {
    this.#line++;
    const start = this.#offset;
    this.#offset += bytes;
    let text = raw;
    let skipped = 0;
    if (this.#first && text.startsWith('\xEF\xBB\xBF')) skipped = 3;
    this.#first = false;
    text = text.slice(skipped);
    if (text.length > MAX_LINE_BYTES) this.#sink.tooLong(this.#line);
    // `{1:F01…}{2:O940…}{4:` may stand before the first tag on the same line.
    const block = /^(?:\{[1235]:(?:[^{}]|\{[^{}]*\})*\})*\{4:/.exec(text)?.[0];
    if (block !== undefined) {
      this.#close();
      text = text.slice(block.length);
      skipped += block.length;
    }
    this.#takeContent(text, start + skipped);
  }

  #takeContent(text: string, start: number): void {
    const tag = TAG.exec(text);
    if (tag !== null) {
      this.#close();
      const content = text.slice(tag[0].length);
      this.#field = {
        tag: tag[1] as string,
        lines: [content],
        byteStart: start,
        byteEnd: start + text.length,
        line: this.#line,
      };
      this.#fieldBytes = text.length;
      return;
    }
    const trimmed = text.trimEnd();
    if (trimmed === '-' || trimmed.startsWith('-}')) {
      this.#close();
      this.#sink.endMark(start + text.length);
      return;
    }
    if (this.#field === undefined) {
      // Blank lines, a block's rest and the odd control character between messages mean nothing.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
      if (!/^[\s\x00-\x1f]*$/.test(text) && !/^[{}-]/.test(text)) this.#sink.stray(this.#line);
      return;
    }
    this.#fieldBytes += text.length;
    if (this.#fieldBytes > MAX_FIELD_BYTES) this.#sink.tooLong(this.#line);
    if (trimmed === '') return;
    this.#field.lines.push(text);
    this.#field.byteEnd = start + text.length;
  }

  #close(): void {
    const field = this.#field;
    this.#field = undefined;
    if (field !== undefined) this.#sink.field(field);
  }
}
