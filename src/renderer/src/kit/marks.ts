/** What is marked in a list. What is marked is what is in sight: another list begins without marks. */
import { useState } from 'react';

const NONE: ReadonlySet<string> = new Set();

/** `list` is what the list shows: its filters, as they stand in the address. */
export function useMarks(
  list: object,
): [marked: ReadonlySet<string>, mark: (ids: ReadonlySet<string>) => void] {
  const shown = JSON.stringify(list);
  const [marks, setMarks] = useState({ shown, ids: NONE });
  return [marks.shown === shown ? marks.ids : NONE, (ids) => setMarks({ shown, ids })];
}
