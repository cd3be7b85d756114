/** Light, dark, or what the system says. The choice is kept in the window's storage. */
import { Classes } from '@blueprintjs/core';
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | 'system';

const KEY = 'countersign.theme';
const listeners = new Set<() => void>();
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
let theme: Theme = readStored();

function readStored(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function isDark(): boolean {
  return theme === 'dark' || (theme === 'system' && systemDark.matches);
}

function apply(): void {
  document.body.classList.toggle(Classes.DARK, isDark());
  document.documentElement.style.colorScheme = isDark() ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

export function setTheme(next: Theme): void {
  theme = next;
  if (next === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  apply();
}

/** Puts the theme on the page and follows the system from now on. */
export function startTheme(): void {
  systemDark.addEventListener('change', apply);
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => theme);
}
