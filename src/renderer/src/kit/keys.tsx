/**
 * One registry of keys for the whole console. A screen says which keys it answers with
 * `useKeys`. Screens are asked first, then the parts they are made of (tables, charts), then
 * the frame; among equals the one mounted last. `?` shows what stands in the registry, which
 * is why every binding has a label.
 */
import { useLayoutEffect, useRef, useSyncExternalStore } from 'react';

export interface KeyBinding {
  /** `j`, `Enter`, `Escape`, `/`, `shift+a`, `mod+k` (Ctrl, or Cmd on a Mac), or two keys one after the other: `g d`. */
  readonly combo: string;
  readonly label: string;
  /** Returns `false` to let the key go on to the next binding. */
  run(event: KeyboardEvent): unknown;
  /** Whether it also works while the caret is in a field. `mod+…` always does. */
  readonly inFields?: boolean;
  readonly disabled?: boolean;
  /** Left out of the `?` overlay, for synonyms such as the arrow keys. */
  readonly hidden?: boolean;
}

/** Who is asked first: the highest. */
const LEVELS = { frame: 0, part: 1, screen: 2 } as const;
export type KeyLevel = keyof typeof LEVELS;

interface Scope {
  /** What `?` calls these keys; it changes with the language. */
  group: string;
  readonly level: KeyLevel;
  readonly inDialog: boolean;
  bindings: readonly KeyBinding[];
}

const scopes: Scope[] = [];
const listeners = new Set<() => void>();
let version = 0;
let pendingPrefix: { readonly key: string; readonly atMs: number } | null = null;

const SEQUENCE_MS = 1200;
const isMac = /mac/i.test(globalThis.navigator?.userAgent ?? '');

/** The scopes in the order they are asked. */
function inOrder(): Scope[] {
  return [...scopes].reverse().sort((a, b) => LEVELS[b.level] - LEVELS[a.level]);
}

function changed(): void {
  version += 1;
  for (const listener of listeners) listener();
}

/** Registers the keys of a screen or component for as long as it is mounted. */
export function useKeys(
  group: string,
  bindings: readonly KeyBinding[],
  options: { readonly inDialog?: boolean; readonly level?: KeyLevel } = {},
): void {
  const scope = useRef<Scope | null>(null);
  if (scope.current === null)
    scope.current = {
      group,
      level: options.level ?? 'screen',
      inDialog: options.inDialog ?? false,
      bindings,
    };
  // With what is shown, never a moment after it: a key acts on what its reader sees.
  useLayoutEffect(() => {
    if (!scope.current) return;
    scope.current.bindings = bindings;
    scope.current.group = group;
  });
  useLayoutEffect(() => {
    const mine = scope.current!;
    scopes.push(mine);
    changed();
    return () => {
      scopes.splice(scopes.indexOf(mine), 1);
      changed();
    };
  }, []);
}

export interface KeyGroup {
  readonly group: string;
  readonly bindings: readonly KeyBinding[];
}

/** The keys that work right now, the nearest first. */
export function useKeyGroups(): KeyGroup[] {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => version,
  );
  const groups = new Map<string, Map<string, KeyBinding>>();
  for (const scope of inOrder()) {
    if (scope.inDialog) continue;
    const group = groups.get(scope.group) ?? new Map<string, KeyBinding>();
    for (const binding of scope.bindings) {
      if (!binding.hidden && !binding.disabled && !group.has(binding.combo))
        group.set(binding.combo, binding);
    }
    groups.set(scope.group, group);
  }
  return [...groups]
    .filter(([, bindings]) => bindings.size > 0)
    .map(([group, bindings]) => ({ group, bindings: [...bindings.values()] }));
}

/** The single key of an event in the words of a combo: `mod+k`, `mod+shift+l`, `Enter`, `?`. */
export function keyOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'> & { readonly shiftKey?: boolean },
): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  // Without a modifier Shift is in the character itself, as in `?`, but for letters.
  const shift = event.shiftKey === true && (mod || /^[a-z]$/.test(key));
  return `${mod ? 'mod+' : ''}${event.altKey ? 'alt+' : ''}${shift ? 'shift+' : ''}${key === ' ' ? 'Space' : key}`;
}

/** How a combo is printed on a key cap. */
export function keyCaps(combo: string): string[] {
  const names: Record<string, string> = {
    mod: isMac ? '⌘' : 'Ctrl',
    alt: isMac ? '⌥' : 'Alt',
    shift: '⇧',
    Enter: '⏎',
    Escape: 'Esc',
    ArrowUp: '↑',
    ArrowDown: '↓',
  };
  return combo.split(/[ +]/).map((part) => names[part] ?? part);
}

const FIELD =
  'input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, [contenteditable=true]';
const PRESSABLE =
  'button, a[href], select, summary, [role=button], [role=tab], [role=menuitem], [role=option]';

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const target = event.target instanceof Element ? event.target : null;
  const inField = target?.closest(FIELD) != null;
  const inDialog = document.querySelector('.bp6-overlay-open [role=dialog], .cs-palette') !== null;
  const key = keyOf(event);
  // What a button or a link does with Enter and Space is its own.
  if ((key === 'Enter' || key === 'Space') && target?.closest(PRESSABLE)) return;
  const prefix =
    pendingPrefix && performance.now() - pendingPrefix.atMs < SEQUENCE_MS ? `${pendingPrefix.key} ` : '';
  pendingPrefix = null;
  let startsSequence = false;
  for (const scope of inOrder()) {
    if (scope.inDialog !== inDialog) continue;
    for (const binding of scope.bindings) {
      if (binding.disabled) continue;
      if (inField && !binding.inFields && !key.startsWith('mod+')) continue;
      if (binding.combo === prefix + key) {
        if (binding.run(event) === false) continue;
        event.preventDefault();
        return;
      }
      if (binding.combo.startsWith(`${key} `) && !prefix) startsSequence = true;
    }
  }
  if (startsSequence) pendingPrefix = { key, atMs: performance.now() };
}

/** Starts listening; called once by the frame. */
export function listenForKeys(): () => void {
  document.addEventListener('keydown', handle);
  return () => document.removeEventListener('keydown', handle);
}
