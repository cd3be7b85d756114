import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from 'pdf-lib';
import { encode } from 'uqr';
import type { TranscriptHeader } from '../proof/index.ts';
import { type WrittenShare, wordsOf } from './shares.ts';

/** A share as it leaves the console. */
export interface Sheet {
  readonly share: number;
  readonly words: string[];
  /** What the QR code holds. */
  readonly code: string;
  readonly pdf: Uint8Array;
}

/** The sheet of a share that a ceremony hands out. */
export async function sheetOf(
  header: TranscriptHeader,
  share: WrittenShare,
  madeAtMs: number,
): Promise<Sheet> {
  const words = wordsOf(share);
  const { shares, threshold, keyLabel, ceremonyId, rehearsal } = header;
  const custodian = header.participants.find(({ receives }) => receives === share.x)!.name;
  const about = { share: share.x, shares, threshold, keyLabel, custodian, ceremonyId, rehearsal };
  const pdf = await sheetPdf({ ...about, words, madeAtMs });
  return { share: share.x, words, code: words.join(' '), pdf };
}

/** What a custodian's sheet says. */
export interface SheetFacts {
  readonly words: readonly string[];
  readonly share: number;
  readonly shares: number;
  readonly threshold: number;
  readonly keyLabel: string;
  readonly custodian: string;
  readonly ceremonyId: string;
  readonly rehearsal: boolean;
  readonly madeAtMs: number;
}

/** A4 in points. */
const WIDTH = 595;
const HEIGHT = 842;
const MARGIN = 56;
const WORDS_A_ROW = 5;
const QR_SIZE = 190;
const BLACK = rgb(0, 0, 0);

/**
 * Letters that the fonts of every PDF reader have (WinAnsi): marks are taken off others, as off the
 * names of Viet Nam. The sheet is told by its number and ceremony, the name is a help.
 */
export function plainLetters(text: string): string {
  return text
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\x20-\x7e]/g, '?');
}

/** One A4 page with words, check and QR code. Nothing of it is kept. */
export async function sheetPdf(facts: SheetFacts): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  // The file names no program and no time but the one on the sheet.
  document.setProducer('Countersign');
  document.setCreator('Countersign');
  document.setCreationDate(new Date(facts.madeAtMs));
  document.setModificationDate(new Date(facts.madeAtMs));
  const page = document.addPage([WIDTH, HEIGHT]);
  const [plain, bold, mono] = await Promise.all([
    document.embedFont(StandardFonts.Helvetica),
    document.embedFont(StandardFonts.HelveticaBold),
    document.embedFont(StandardFonts.Courier),
  ]);
  const y = drawHead(page, { plain, bold }, facts);
  drawWords(page, { plain, mono }, facts.words, y - 30);
  drawCode(page, facts.words.join(' '));
  drawRules(page, plain, facts);
  return document.save();
}

function drawHead(
  page: PDFPage,
  { plain, bold }: { plain: PDFFont; bold: PDFFont },
  facts: SheetFacts,
): number {
  const { share, shares, threshold, keyLabel, custodian, ceremonyId, rehearsal, madeAtMs } = facts;
  const title = rehearsal ? 'REHEARSAL - not a real key' : 'Key share';
  page.drawText(title, { x: MARGIN, y: HEIGHT - 80, size: 24, font: bold });
  const lines = [
    `Share ${share} of ${shares}; any ${threshold} of them give the key.`,
    `Key: ${plainLetters(keyLabel)}`,
    `Custodian: ${plainLetters(custodian)}`,
    `Ceremony ${ceremonyId}, ${new Date(madeAtMs).toISOString().slice(0, 10)}`,
  ];
  let y = HEIGHT - 116;
  for (const line of lines) {
    page.drawText(line, { x: MARGIN, y, size: 12, font: plain });
    y -= 18;
  }
  return y;
}

function drawWords(
  page: PDFPage,
  { plain, mono }: { plain: PDFFont; mono: PDFFont },
  words: readonly string[],
  top: number,
): void {
  const column = (WIDTH - 2 * MARGIN) / WORDS_A_ROW;
  for (const [at, word] of words.entries()) {
    const x = MARGIN + (at % WORDS_A_ROW) * column;
    const y = top - Math.floor(at / WORDS_A_ROW) * 34;
    page.drawText(String(at + 1), { x, y: y + 13, size: 7, font: plain });
    page.drawText(word, { x, y, size: 13, font: mono });
  }
}

/** The words as a QR code, of black bars: modules of a row that touch are one. */
function drawCode(page: PDFPage, text: string): void {
  const { data } = encode(text, { ecc: 'M', border: 0 });
  const side = QR_SIZE / data.length;
  for (const [row, modules] of data.entries()) {
    const y = 140 + QR_SIZE - (row + 1) * side;
    for (let column = 0; column < modules.length; column += 1) {
      const start = column;
      while (modules[column]) column += 1;
      const width = (column - start) * side;
      if (width > 0) page.drawRectangle({ x: MARGIN + start * side, y, width, height: side, color: BLACK });
    }
  }
}

function drawRules(page: PDFPage, font: PDFFont, { rehearsal }: SheetFacts): void {
  const lines = [
    'Keep this sheet in its sealed bag,',
    'apart from every other share.',
    'Never photograph, copy or send it.',
    'Read it back only in a ceremony.',
    ...(rehearsal
      ? ['This share belongs to a rehearsal;', 'it can never give a real key.']
      : ['Whoever holds enough of these', 'sheets holds the key.']),
  ];
  const x = MARGIN + QR_SIZE + 24;
  for (const [at, line] of lines.entries()) {
    page.drawText(line, { x, y: 318 - at * 15, size: 10, font });
  }
  // What a custodian fills in by hand.
  for (const [at, blank] of ['Number of the bag', 'Received: date and signature'].entries()) {
    const y = 190 - at * 44;
    page.drawLine({ start: { x, y }, end: { x: WIDTH - MARGIN, y }, thickness: 0.5, color: BLACK });
    page.drawText(blank, { x, y: y - 11, size: 8, font });
  }
}
