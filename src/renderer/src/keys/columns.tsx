import type { Key } from '../../../contract/keys.ts';
import type { Column } from '../kit/index.ts';
import { ageMs } from './choosing.ts';
import { t } from './messages.ts';
import {
  Age,
  classWords,
  FindingsCell,
  findingsTitle,
  NextRotation,
  protectsWords,
  State,
} from './parts.tsx';

/** The inventory: what must be seen first stands first, where a narrow desk cuts the rest. */
export const keyColumns: readonly Column<Key>[] = [
  {
    id: 'state',
    header: () => t('list.state'),
    width: 118,
    cell: (key) => <State state={key.state} />,
    sort: (key) => key.state,
  },
  {
    id: 'type',
    header: () => t('list.type'),
    width: 140,
    grow: 1,
    cell: (key) => (
      <>
        {key.purpose === null ? (
          t(`type.${key.type}`)
        ) : (
          <>
            <span className="cs-muted">{t(`type.${key.type}`)}</span> {key.purpose}
          </>
        )}
      </>
    ),
    title: (key) => key.purpose ?? undefined,
    sort: (key) => `${t(`type.${key.type}`)} ${key.purpose ?? ''}`,
  },
  {
    id: 'class',
    header: () => t('list.class'),
    width: 92,
    cell: (key) => classWords(key) || <span className="cs-muted">–</span>,
    title: (key) => classWords(key) || undefined,
    sort: (key) => `${key.quarter ?? ''} ${key.retentionClass ?? ''}`,
  },
  {
    id: 'version',
    header: () => t('list.version'),
    width: 34,
    align: 'end',
    cell: (key) => key.version.toLocaleString(),
    sort: (key) => key.version,
  },
  {
    id: 'next',
    header: () => t('list.next'),
    width: 104,
    grow: 1,
    cell: (key) => <NextRotation atMs={key.nextRotationAtMs} />,
    // As text, because numbers are sorted from the highest down at first; what never comes is last.
    sort: (key) => (key.nextRotationAtMs === null ? 'z' : new Date(key.nextRotationAtMs).toISOString()),
  },
  {
    id: 'findings',
    header: () => t('list.findings'),
    width: 78,
    cell: (key) => <FindingsCell findings={key.findings} />,
    title: findingsTitle,
    sort: (key) => key.findings.length,
  },
  {
    id: 'protects',
    header: () => t('list.protects'),
    width: 90,
    align: 'end',
    cell: protectsWords,
    sort: (key) => key.protects,
  },
  {
    id: 'age',
    header: () => t('list.age'),
    width: 80,
    align: 'end',
    cell: (key) => <Age of={key} />,
    sort: (key) => ageMs(key, Date.now()) ?? -1,
  },
  {
    id: 'algorithm',
    header: () => t('list.algorithm'),
    width: 112,
    cell: (key) => key.algorithm,
    title: (key) => key.algorithm,
    sort: (key) => key.algorithm,
  },
  {
    id: 'custody',
    header: () => t('list.custody'),
    width: 62,
    cell: (key) => t(`custody.${key.custody}`),
    sort: (key) => key.custody,
  },
  {
    id: 'id',
    header: () => t('list.id'),
    width: 86,
    cell: (key) => <span className="cs-mono cs-muted">{key.id}</span>,
    sort: (key) => key.id,
  },
];
