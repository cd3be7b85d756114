/**
 * The kit every room's screens are made of. Import all of it from here.
 *
 * Data: `usePages(orpc.room.list, input)` gives the rows of a paged procedure,
 *   `rowsOf(useQuery(…), select)` those of a whole list, `fixedRows(array)` an array; a
 *   `DataTable` takes any of them. `orpc`, `client` come from `../app/data.ts`, paths from
 *   `../app/places.ts` (`places.entry(id)`), which is the only place that spells a path.
 * Screens: `Page` (one heading, actions, `body="fill"` for queues) holding a `DataTable`, a
 *   `Deck` (queue, item, evidence, decision) or `Card`s; `Facts` for names and values;
 *   `FilterTabs` for `All 412 · Suggested 38`; `Skeleton`, `EmptyState`, `ErrorState`, `Meanwhile`.
 * Table: `<DataTable label columns rows rowKey onOpen …>`. The `primary` one (default) answers
 *   to j k x Enter Home End / anywhere on the screen; set `primary={false}` on the others.
 *   Columns: `{ id, header, width, grow?, align?: 'end', cell, title?, sort? }`; `sort` works
 *   where the list is whole.
 * Values: `Money`, `MoneyList`, `Iban`, `DateCell`, `TimeCell`, `RelativeTime`, `Deadline`,
 *   `StatusTag` (colour, shape and word), `Reasons`, `Figure` and `PlaceLink` (links),
 *   `SourceView` (bytes with the field marked), `ChartCard` (chart and table in one, `t`).
 * Keys: `useKeys('Group', [{ combo: 'u', label, run }])`; the screen mounted last is asked
 *   first, `run` returning `false` passes the key on, `?` lists all. `{ inDialog: true }` for
 *   keys that work within a dialog. A `Dialog` of the kit, never Blueprint's own: it hears the key after
 *   the one that opened it.
 * Words: `export const t = catalogue('room', { … })` in `<room>/messages.ts`; ICU-like
 *   parameters and plurals; `t.rich` puts links into a sentence. No text outside a catalogue.
 * After an act: `notify({ text, undo })` (undo stands ten seconds, also under `u`),
 *   `notifyProblem(error)`. A command that waits to be countersigned is told of by `notifyProblem` too; a
 *   dialog ends with `onError: whenWaiting(onClose)`. Icons as elements: `import { Search } from '@blueprintjs/icons'`.
 */

export { type Brought, bringAgain, commandIn, textOf, useBrought } from './bringing.ts';
export { ChartCard, type ChartCardProps } from './ChartCard.tsx';
export {
  addTranslation,
  catalogue,
  currentLanguage,
  type Language,
  setLanguage,
  type Translate,
} from './catalogue.ts';
export { useSecond, writeClockSpan } from './clock.ts';
export { countColumn, dateColumn, moneyColumn, timeColumn } from './columns.tsx';
export { DataTable, type DataTableProps } from './DataTable.tsx';
export { Deck, type DeckProps } from './Deck.tsx';
export { Dialog, inLayer, Layer } from './Dialog.tsx';
export { type Desk, useDesk } from './desk.ts';
export { engineWords } from './engine.ts';
export { FilterRow, FilterSelect } from './FilterSelect.tsx';
export {
  chartHeight,
  maskIban,
  wordsLocale,
  writeAmount,
  writeAxisAmount,
  writeBytes,
  writeClock,
  writeDuration,
  writeExactTime,
  writeIban,
  writeMoney,
  writePercent,
  writeProbability,
  writeRelative,
  writeTimestamp,
  writeUtc,
} from './format.ts';
export { KeyCaps, KeysOverlay } from './KeysOverlay.tsx';
export { type KeyBinding, keyCaps, listenForKeys, useKeyGroups, useKeys } from './keys.tsx';
export { useLanguage } from './language.ts';
export { Card, Facts, FilterTabs, Page, type PageProps, Skeleton } from './layout.tsx';
export { useMarks } from './marks.ts';
export { clearNotices, type Notice, notify, notifyProblem, undoLatest } from './notify.tsx';
export { type Problem, problemOf, whatHappened, whatItMeansForTheMoney, whatToDo } from './problems.ts';
export { fixedRows, type Rows, rowsOf, usePages } from './rows.ts';
export { SourceView, type SourceViewProps } from './SourceView.tsx';
export { CopyCode, EmptyState, ErrorBoundary, ErrorState, Meanwhile, ProblemPlace } from './states.tsx';
export type { Column } from './tableParts.tsx';
export { isCalendarDay, plainAmount } from './typed.ts';
export { ViewsPage } from './ViewsPage.tsx';
export {
  DateCell,
  Deadline,
  Figure,
  Iban,
  Money,
  MoneyList,
  PlaceLink,
  Reasons,
  RelativeTime,
  StatusTag,
  TimeCell,
  useDelayed,
  useNow,
} from './values.tsx';
export { WordsField, type WordsFieldProps } from './WordsField.tsx';
export { onWaiting, tellWaiting, waitsIn, whenWaiting } from './waiting.ts';
