/** Enter goes on from here: what had the focus is gone when the work is done. */
export const focusOnceThere = (element: HTMLElement | null): void => {
  if (element !== null) requestAnimationFrame(() => element.focus());
};

/** The record a person typed; `undefined` where it is none of those that there are, null where nothing was typed. */
export function recordOf(text: string, first: bigint, last: bigint): bigint | null | undefined {
  const plain = text.replace(/[\s.,']/g, '');
  if (plain === '') return null;
  if (!/^\d{1,18}$/.test(plain)) return undefined;
  const record = BigInt(plain);
  return record >= first && record <= last ? record : undefined;
}
