/**
 * Short words after an act, with undo for ten seconds where the law allows it. They stand at the
 * lower left, away from the decision under the right hand.
 */
import { OverlayToaster, type Toaster } from '@blueprintjs/core';
import { t } from './messages.ts';
import { problemOf, whatHappened, whatToDo } from './problems.ts';
import { tellWaiting } from './waiting.ts';

const UNDO_MS = 10_000;
const NOTE_MS = 5_000;

let toaster: Promise<Toaster> | null = null;

function theToaster(): Promise<Toaster> {
  toaster ??= OverlayToaster.create({ position: 'bottom-left', maxToasts: 3, canEscapeKeyClear: false });
  return toaster;
}

let latestUndo: (() => void) | null = null;

export interface Notice {
  readonly text: string;
  readonly undo?: () => void;
  /** What the notice leads to; it stands as long as an undo. */
  readonly action?: { readonly text: string; run(): void };
  readonly tone?: 'none' | 'success' | 'warning' | 'danger';
}

/** Says what was done. With `undo`, `u` and the button take it back for ten seconds. */
export function notify(notice: Notice): void {
  const undo = notice.undo;
  // A notice that leads somewhere comes by itself and takes nobody's undo away.
  if (!notice.action) latestUndo = undo ?? null;
  void theToaster().then((bar) =>
    bar.show({
      message: notice.text,
      intent: notice.tone ?? 'none',
      timeout: undo || notice.action ? UNDO_MS : NOTE_MS,
      ...(notice.action ? { action: { text: notice.action.text, onClick: notice.action.run } } : {}),
      ...(undo ? { action: { text: t('toast.undo'), onClick: undo } } : {}),
      onDismiss: () => {
        if (latestUndo === undo) latestUndo = null;
      },
    }),
  );
}

/** Says that an act failed, in the words of its code, or that it waits for a second person. */
export function notifyProblem(error: unknown): void {
  if (tellWaiting(error)) return;
  const problem = problemOf(error);
  const words = { happened: whatHappened(problem), remedy: whatToDo(problem), code: problem.code };
  notify({ text: t('toast.problem', words), tone: 'danger' });
}

/** Takes back what the last notice offers to take back; `false` where there is nothing. */
export function undoLatest(): boolean {
  const undo = latestUndo;
  if (!undo) return false;
  latestUndo = null;
  void theToaster().then((bar) => bar.clear());
  undo();
  return true;
}

/** Takes every notice off the screen, when the vault locks. */
export function clearNotices(): void {
  latestUndo = null;
  void toaster?.then((bar) => bar.clear());
}
