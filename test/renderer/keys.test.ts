import { describe, expect, it } from 'vitest';
import { keyCaps, keyOf } from '../../src/renderer/src/kit/keys.tsx';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('keyOf', () => {
  it.each([
    [press('j'), 'j'],
    [press('J'), 'j'],
    [press('?'), '?'],
    [press('Enter'), 'Enter'],
    [press(' '), 'Space'],
    [press('k', { ctrlKey: true }), 'mod+k'],
    [press('L', { ctrlKey: true, shiftKey: true }), 'mod+shift+l'],
    [press('?', { shiftKey: true }), '?'],
    [press('x', { altKey: true }), 'alt+x'],
    [press('A', { shiftKey: true }), 'shift+a'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));
});

describe('keyCaps', () => {
  it('prints sequences and chords cap by cap', () => {
    expect(keyCaps('g d')).toEqual(['g', 'd']);
    expect(keyCaps('mod+k')).toEqual(['Ctrl', 'k']);
    expect(keyCaps('Enter')).toEqual(['⏎']);
  });
});
