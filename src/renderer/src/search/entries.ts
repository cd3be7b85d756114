/** What the palette can lead to. */
import type { SearchHit } from '../../../contract/search.ts';
import { loadDemo, lockVault, runMatching, verifyBooks } from '../app/commands.ts';
import { placeOf, places } from '../app/places.ts';
import { setTheme } from '../app/theme.ts';
import { checkKeys } from '../keys/check.ts';
import { t } from './messages.ts';
import type { PaletteEntry } from './rank.ts';

export function commandEntries(onKeys: () => void): PaletteEntry[] {
  const group = t('group.command');
  return [
    { key: 'import', title: t('command.import'), group, to: places.importFiles() },
    { key: 'match', title: t('command.match'), group, run: () => void runMatching() },
    { key: 'verify', title: t('command.verify'), group, run: () => void verifyBooks() },
    { key: 'lock', title: t('command.lock'), group, run: () => void lockVault() },
    { key: 'light', title: t('command.light'), group, run: () => setTheme('light') },
    { key: 'dark', title: t('command.dark'), group, run: () => setTheme('dark') },
    { key: 'system', title: t('command.system'), group, run: () => setTheme('system') },
    { key: 'keys', title: t('command.keys'), group, combo: '?', run: onKeys },
    { key: 'imports', title: t('command.imports'), group, to: `${places.imports()}?show=history` },
    { key: 'customers', title: t('command.customers'), group, to: places.customers() },
    { key: 'trial-balance', title: t('command.trialBalance'), group, to: places.trialBalance() },
    { key: 'proofs', title: t('command.proofs'), group, to: places.proofs() },
    { key: 'my-breaks', title: t('command.myBreaks'), group, to: places.breaks({ owner: 'me' }) },
    { key: 'keys-due', title: t('command.keysDue'), group, to: places.keys({ show: 'due' }) },
    { key: 'keys-timeline', title: t('command.keysTimeline'), group, to: places.keys({ view: 'timeline' }) },
    { key: 'keys-check', title: t('command.keysCheck'), group, run: () => void checkKeys() },
    { key: 'simulator', title: t('command.simulator'), group, to: places.simulator() },
    { key: 'lent', title: t('command.lent'), group, to: places.delegations() },
    { key: 'my-requests', title: t('command.myRequests'), group, to: places.approvals({ box: 'mine' }) },
    { key: 'demo', title: t('command.demo'), group, run: () => void loadDemo() },
  ];
}

export function hitEntries(hits: readonly SearchHit[]): PaletteEntry[] {
  return hits.flatMap((hit) => {
    const to = placeOf(hit);
    if (to === null) return [];
    return [
      {
        key: `${hit.kind}/${hit.id}`,
        title: hit.title,
        subtitle: hit.subtitle,
        group: t(`kind.${hit.kind}`),
        to,
      },
    ];
  });
}
