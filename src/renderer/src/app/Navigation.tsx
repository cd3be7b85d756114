import {
  Archive,
  BankAccount,
  Book,
  Briefcase,
  Clipboard,
  Cube,
  Dashboard,
  Endorsed,
  Exchange,
  EyeOff,
  Flash,
  Flows,
  Function as FunctionIcon,
  Inbox,
  Key as KeyIcon,
  LogIn,
  NotEqualTo,
  People,
  Person,
  Pulse,
  Shield,
  Tick,
  WarningSign,
} from '@blueprintjs/icons';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PlaceLink } from '../kit/index.ts';
import { orpc } from './data.ts';
import { t } from './messages.ts';
import { places } from './places.ts';

export interface Room {
  readonly id: string;
  /** Whether a group begins with it: first the desks, then what guards them. */
  readonly begins?: boolean;
  readonly letter: string;
  readonly to: string;
  readonly icon: ReactNode;
  label(): string;
  goLabel(): string;
  /** Whether a path lies in this room. */
  holds(path: string): boolean;
}

const under =
  (...prefixes: string[]) =>
  (path: string) =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

/** The rooms of the console, in the order of the navigation. `g` and the letter goes there. */
export const rooms: readonly Room[] = [
  {
    id: 'dashboard',
    letter: 'd',
    to: places.dashboard(),
    icon: <Dashboard />,
    label: () => t('nav.dashboard'),
    goLabel: () => t('go.dashboard'),
    holds: (path) => path === '/',
  },
  {
    id: 'reconciliation',
    letter: 'r',
    to: places.reconciliation(),
    icon: <Exchange />,
    label: () => t('nav.reconciliation'),
    goLabel: () => t('go.reconciliation'),
    holds: under('/reconciliation'),
  },
  {
    id: 'breaks',
    letter: 'x',
    to: places.breaks(),
    icon: <NotEqualTo />,
    label: () => t('nav.breaks'),
    goLabel: () => t('go.breaks'),
    holds: under('/breaks', '/proof'),
  },
  {
    id: 'instant',
    letter: 'q',
    to: places.instant(),
    icon: <Flash />,
    label: () => t('nav.instant'),
    goLabel: () => t('go.instant'),
    holds: under('/instant'),
  },
  {
    id: 'rules',
    letter: 'u',
    to: places.rules(),
    icon: <Flows />,
    label: () => t('nav.rules'),
    goLabel: () => t('go.rules'),
    holds: under('/rules'),
  },
  {
    id: 'statements',
    letter: 's',
    to: places.statements(),
    icon: <BankAccount />,
    label: () => t('nav.statements'),
    goLabel: () => t('go.statements'),
    holds: under('/statements', '/transactions', '/bank-accounts'),
  },
  {
    id: 'receivables',
    letter: 'i',
    to: places.openItems(),
    icon: <People />,
    label: () => t('nav.receivables'),
    goLabel: () => t('go.receivables'),
    holds: under('/receivables'),
  },
  {
    id: 'ledger',
    letter: 'l',
    to: places.ledger(),
    icon: <Book />,
    label: () => t('nav.ledger'),
    goLabel: () => t('go.ledger'),
    holds: under('/ledger'),
  },
  {
    id: 'connectors',
    letter: 'f',
    to: places.connectors(),
    icon: <Inbox />,
    label: () => t('nav.connectors'),
    goLabel: () => t('go.connectors'),
    holds: under('/connectors'),
  },
  {
    id: 'approvals',
    letter: 'v',
    to: places.approvals(),
    icon: <Tick />,
    label: () => t('nav.approvals'),
    goLabel: () => t('go.approvals'),
    holds: under('/approvals'),
  },
  {
    id: 'evidence',
    letter: 'e',
    to: places.evidence(),
    icon: <Briefcase />,
    label: () => t('nav.evidence'),
    goLabel: () => t('go.evidence'),
    holds: under('/evidence'),
  },
  {
    id: 'audit',
    letter: 'a',
    to: places.audit(),
    icon: <Endorsed />,
    label: () => t('nav.audit'),
    goLabel: () => t('go.audit'),
    holds: under('/audit'),
  },
  {
    id: 'incidents',
    begins: true,
    letter: 'n',
    to: places.incidents(),
    icon: <WarningSign />,
    label: () => t('nav.incidents'),
    goLabel: () => t('go.incidents'),
    holds: under('/incidents'),
  },
  {
    id: 'keys',
    letter: 'k',
    to: places.keys(),
    icon: <KeyIcon />,
    label: () => t('nav.keys'),
    goLabel: () => t('go.keys'),
    holds: under('/keys'),
  },
  {
    id: 'hsm',
    letter: 't',
    to: places.hsm(),
    icon: <Cube />,
    label: () => t('nav.hsm'),
    goLabel: () => t('go.hsm'),
    holds: under('/hsm'),
  },
  {
    id: 'ceremonies',
    letter: 'w',
    to: places.ceremonies(),
    icon: <Shield />,
    label: () => t('nav.ceremonies'),
    goLabel: () => t('go.ceremonies'),
    holds: under('/ceremonies'),
  },
  {
    id: 'slots',
    letter: 'o',
    to: places.slots(),
    icon: <LogIn />,
    label: () => t('nav.slots'),
    goLabel: () => t('go.slots'),
    holds: under('/slots'),
  },
  {
    id: 'inventory',
    letter: 'c',
    to: places.inventory(),
    icon: <FunctionIcon />,
    label: () => t('nav.inventory'),
    goLabel: () => t('go.inventory'),
    holds: under('/inventory'),
  },
  {
    id: 'heartbeat',
    letter: 'h',
    to: places.heartbeat(),
    icon: <Pulse />,
    label: () => t('nav.heartbeat'),
    goLabel: () => t('go.heartbeat'),
    holds: under('/heartbeat'),
  },
  {
    id: 'backup',
    letter: 'b',
    to: places.backup(),
    icon: <Archive />,
    label: () => t('nav.backup'),
    goLabel: () => t('go.backup'),
    holds: under('/backup'),
  },
  {
    id: 'policies',
    letter: 'y',
    to: places.policies(),
    icon: <Clipboard />,
    label: () => t('nav.policies'),
    goLabel: () => t('go.policies'),
    holds: under('/policies'),
  },
  {
    id: 'operators',
    letter: 'p',
    to: places.operators(),
    icon: <Person />,
    label: () => t('nav.operators'),
    goLabel: () => t('go.operators'),
    holds: under('/operators'),
  },
  {
    id: 'privacy',
    letter: 'm',
    to: places.privacy(),
    icon: <EyeOff />,
    label: () => t('nav.privacy'),
    goLabel: () => t('go.privacy'),
    holds: under('/privacy'),
  },
];

export function Navigation({ path }: { readonly path: string }) {
  const counts = useQuery(orpc.reconciliation.counts.queryOptions());
  const incidents = useQuery(orpc.incidents.counts.queryOptions());
  const breaks = useQuery(orpc.breaks.summary.queryOptions());
  const approvals = useQuery(orpc.approvals.waiting.queryOptions());
  const waiting: Readonly<Record<string, number | undefined>> = {
    reconciliation: counts.data?.suggested,
    breaks: breaks.data && breaks.data.mine + breaks.data.toTakeBack,
    approvals: approvals.data?.toAnswer,
    incidents: incidents.data && incidents.data.open + incidents.data.acknowledged,
  };
  return (
    <nav className="cs-nav" aria-label={t('nav.label')}>
      <ul>
        {rooms.map((room) => {
          const count = waiting[room.id] ?? 0;
          return (
            <li key={room.id} className={room.begins ? 'cs-nav-begins' : undefined}>
              <PlaceLink to={room.to} className="cs-nav-link" current={room.holds(path)}>
                <span className="cs-nav-icon" aria-hidden="true">
                  {room.icon}
                </span>
                <span className="cs-nav-label">{room.label()}</span>
                {count > 0 && (
                  <span className="cs-nav-count">
                    <span aria-hidden="true">{count.toLocaleString()}</span>
                    <span className="cs-hidden">{t('nav.waiting', { count })}</span>
                  </span>
                )}
              </PlaceLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
