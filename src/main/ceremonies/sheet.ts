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
  // What draws a page is loaded for a ceremony, not by every start of the engine.
  const { sheetPdf } = await import('./sheet-pdf.ts');
  const pdf = await sheetPdf({ ...about, words, madeAtMs });
  return { share: share.x, words, code: words.join(' '), pdf };
}
