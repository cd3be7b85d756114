/** Creditor references by ISO 11649: `RF`, two check digits, up to 21 letters and digits. */
import { mod97 } from './iban.ts';

const FORM = /^RF\d{2}[A-Z0-9]{1,21}$/;

/** Spaces left out and letters raised. */
export function normaliseRfReference(text: string): string {
  return text.replace(/\s+/g, '').toUpperCase();
}

/** True where `text` has the form of an ISO 11649 reference, whatever its check digits. */
export function looksLikeRfReference(text: string): boolean {
  return FORM.test(normaliseRfReference(text));
}

/** True where `text` is an ISO 11649 reference with right check digits. */
export function isRfReference(text: string): boolean {
  const reference = normaliseRfReference(text);
  return FORM.test(reference) && mod97(reference.slice(4) + reference.slice(0, 4)) === 1;
}

/** The ISO 11649 reference of a body of 1 to 21 letters and digits. */
export function makeRfReference(body: string): string {
  const normalised = normaliseRfReference(body);
  const check = 98 - mod97(`${normalised}RF00`);
  return `RF${String(check).padStart(2, '0')}${normalised}`;
}
