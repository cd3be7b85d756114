import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { CryptoInventory, InventoryAlgorithm } from '../../../contract/inventory.ts';
import { orpc } from '../app/data.ts';
import {
  type Column,
  DataTable,
  Dialog,
  EmptyState,
  ErrorState,
  Facts,
  notify,
  Page,
  rowsOf,
  Skeleton,
  StatusTag,
  useKeys,
} from '../kit/index.ts';
import { t } from './messages.ts';
import './compliance.css';

/** One line of the table: an algorithm in one of its uses, or in none. */
interface Line {
  readonly key: string;
  readonly algorithm: InventoryAlgorithm;
  readonly where: string;
  readonly withKey: string;
  readonly keysNow: string;
}

const NONE = '–';

/** What is in use first, then what stands inside it, then what is only offered. */
const ROLES: readonly InventoryAlgorithm['role'][] = ['alone', 'in-hybrid', 'offered'];

function linesOf({ algorithms }: CryptoInventory): Line[] {
  const inOrder = algorithms.toSorted((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role));
  return inOrder.flatMap((algorithm) =>
    algorithm.uses.length === 0
      ? [{ key: algorithm.name, algorithm, where: roleOf(algorithm), withKey: NONE, keysNow: NONE }]
      : algorithm.uses.map((use, i) => ({
          key: `${algorithm.name}/${i}`,
          algorithm,
          where: use.where,
          withKey: use.key,
          keysNow: use.keys.map(({ state, count }) => `${count} ${state}`).join(', ') || NONE,
        })),
  );
}

const roleOf = ({ role, partOf }: InventoryAlgorithm): string =>
  role === 'in-hybrid' ? t('inventory.inHybrid', { names: partOf.join(', ') }) : t('inventory.offered');

const nameOf = ({ name, draft }: InventoryAlgorithm): string =>
  draft ? t('inventory.draft', { name }) : name;

function Safe({ algorithm }: { readonly algorithm: InventoryAlgorithm }) {
  const { quantumSafe, nistCategory } = algorithm;
  return quantumSafe ? (
    <StatusTag status="verified" label={t('inventory.yes', { category: nistCategory })} />
  ) : (
    <StatusTag status="unmatched" label={t('inventory.no')} />
  );
}

const columns: readonly Column<Line>[] = [
  {
    id: 'name',
    header: () => t('inventory.name'),
    width: 180,
    cell: ({ algorithm }) => nameOf(algorithm),
    sort: ({ algorithm }) => algorithm.name,
  },
  {
    id: 'where',
    header: () => t('inventory.where'),
    width: 260,
    grow: 3,
    cell: ({ where }) => where,
    title: ({ where }) => where,
    sort: ({ where }) => where,
  },
  {
    id: 'key',
    header: () => t('inventory.key'),
    width: 200,
    grow: 2,
    cell: ({ withKey }) => withKey,
    title: ({ withKey }) => withKey,
  },
  { id: 'keys', header: () => t('inventory.keys'), width: 110, grow: 1, cell: ({ keysNow }) => keysNow },
  {
    id: 'years',
    header: () => t('inventory.years'),
    width: 76,
    align: 'end',
    cell: ({ algorithm }) => t('inventory.yearsValue', { years: algorithm.horizonYears }),
    sort: ({ algorithm }) => algorithm.horizonYears,
  },
  {
    id: 'safe',
    header: () => t('inventory.safe'),
    width: 132,
    cell: ({ algorithm }) => <Safe algorithm={algorithm} />,
    sort: ({ algorithm }) => algorithm.nistCategory,
  },
];

/** The crypto inventory: every algorithm, where, with which key, for how long, and whether it is quantum-safe. */
export function InventoryScreen() {
  const query = useQuery(orpc.inventory.get.queryOptions());
  const lines = useMemo(() => (query.data ? linesOf(query.data) : []), [query.data]);
  const [opened, setOpened] = useState<Line | null>(null);
  const [isExporting, setExporting] = useState(false);
  useKeys(t('inventory.keysGroup'), [
    { combo: 'e', label: t('inventory.export'), run: () => setExporting(true) },
  ]);
  return (
    <Page
      title={t('inventory.title')}
      actions={
        <Button size="small" onClick={() => setExporting(true)}>
          {t('inventory.export')}
        </Button>
      }
    >
      {query.data && <Head inventory={query.data} />}
      <DataTable
        label={t('inventory.label')}
        columns={columns}
        rows={rowsOf(query, () => lines)}
        rowKey={(line) => line.key}
        onOpen={setOpened}
        empty={<EmptyState title={t('inventory.emptyTitle')} />}
      />
      {opened && <Detail line={opened} onClose={() => setOpened(null)} />}
      {isExporting && <Export onClose={() => setExporting(false)} />}
    </Page>
  );
}

function Head({ inventory }: { readonly inventory: CryptoInventory }) {
  const { algorithms, keyCount, findings } = inventory;
  return (
    <dl className="cs-strip">
      <div>
        <dt>{t('inventory.algorithms')}</dt>
        <dd>{algorithms.length.toLocaleString()}</dd>
      </div>
      <div>
        <dt>{t('inventory.keyCount')}</dt>
        <dd>{keyCount.toLocaleString()}</dd>
      </div>
      <div>
        <dt>{t('inventory.state')}</dt>
        <dd>
          {findings.length === 0 ? (
            <StatusTag status="verified" label={t('inventory.fine')} />
          ) : (
            <>
              <StatusTag status="broken" label={t('inventory.findings', { count: findings.length })} />
              {findings.map((finding) => (
                <p key={finding}>{finding}</p>
              ))}
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}

/** One algorithm: why it is relied on, for how long, and what computes it. */
function Detail({ line, onClose }: { readonly line: Line; readonly onClose: () => void }) {
  const { algorithm } = line;
  return (
    <Dialog isOpen onClose={onClose} title={nameOf(algorithm)} className="cs-cbom">
      <DialogBody>
        <Facts
          facts={[
            [t('inventory.safe'), <Safe key="safe" algorithm={algorithm} />],
            [t('inventory.why'), algorithm.reason],
            [t('inventory.years'), t('inventory.yearsValue', { years: algorithm.horizonYears })],
            [t('inventory.strength'), t('inventory.bits', { bits: algorithm.classicalBits })],
            [t('inventory.standard'), algorithm.standard],
            [t('inventory.oid'), algorithm.oid],
            [t('inventory.implementation'), algorithm.implementation],
            [t('inventory.where'), line.where],
            [t('inventory.key'), line.withKey],
            [t('inventory.keys'), line.keysNow],
          ]}
        />
      </DialogBody>
      <DialogFooter actions={<Button onClick={onClose}>{t('inventory.close')}</Button>} />
    </Dialog>
  );
}

/** The bill of materials to read and to copy; a window of the desktop app writes no files. */
function Export({ onClose }: { readonly onClose: () => void }) {
  const query = useQuery(orpc.inventory.cbom.queryOptions({ staleTime: 0 }));
  const copy = () => {
    navigator.clipboard.writeText(query.data ?? '').then(
      () => notify({ text: t('inventory.copied'), tone: 'success' }),
      () => notify({ text: t('inventory.notCopied'), tone: 'warning' }),
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title={t('inventory.exportTitle')} className="cs-cbom">
      <DialogBody>
        <p className="cs-muted">{t('inventory.exportHint')}</p>
        {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton lines={8} />}
        {query.data !== undefined && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          <pre className="cs-evidence-text" tabIndex={0}>
            {query.data}
          </pre>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('inventory.close')}</Button>
            <Button intent="primary" autoFocus disabled={query.data === undefined} onClick={copy}>
              {t('inventory.copy')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
