import type { Caller } from '../base/index.ts';
import type { DemoPerson } from '../operators/index.ts';
import type { Console } from './console.ts';

/**
 * The people of the demo vault. All of them are invented, and so are their passphrases and the keys of
 * their authenticator apps, which are printed for whoever tries the demo. No other vault knows them:
 * the room of the operators refuses to name them anywhere else. Those who work with keys have a card of
 * software too, made when it is first asked for.
 */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    name: 'Ines Vogt',
    roles: ['administrator', 'security-officer'],
    passphrase: 'copper lantern over a quiet harbour',
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA',
    cardPin: '271828',
  },
  {
    name: 'Pavel Horak',
    roles: ['administrator', 'security-officer'],
    passphrase: 'seven herons cross the frozen canal',
    secret: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLB',
    cardPin: '314159',
  },
  {
    name: 'Anna Berg',
    roles: ['treasury-analyst'],
    passphrase: 'paper kites above the north meadow',
    secret: 'MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LC',
  },
  {
    name: 'Tomas Lind',
    roles: ['treasury-approver'],
    passphrase: 'an orchard wakes before the bakers',
    secret: 'NBSWY3DPO5XXE3DENBSWY3DPO5XXE3DD',
  },
  {
    name: 'Mei Tran',
    roles: ['fraud-reviewer', 'compliance-officer'],
    passphrase: 'velvet compass points at the ferry',
    secret: 'OBQXG43XN5ZGIYLCOBQXG43XN5ZGIYLE',
  },
  {
    name: 'Farid Aziz',
    roles: ['custody-officer'],
    passphrase: 'granite stairs below the signal tower',
    secret: 'PFUHKYTFMFZXIZLSPFUHKYTFMFZXIZLF',
    cardPin: '141421',
  },
  {
    name: 'Ruth Okafor',
    roles: ['auditor'],
    passphrase: 'amber ledgers sleep under the clock',
    secret: 'GEZDGNBVGY3TQOJQMFZXIZLSGEZDGNBG',
  },
];

/** Names the demo people where the open vault is the demo and nobody is named in it yet. */
export async function nameDemoPeople({ vault, operators }: Console, caller: Caller): Promise<void> {
  if (vault.meta('demo') !== 'true' || operators.named()) return;
  await operators.nameDemoPeople(caller, DEMO_PEOPLE);
}

/** How to be each of them, in lines for a terminal. */
export function demoPeopleLines(
  people: readonly (Pick<DemoPerson, 'name' | 'roles' | 'passphrase' | 'secret'> & {
    readonly code: string | null;
    readonly cardPin: string | null;
  })[],
): string[] {
  if (people.length === 0) return [];
  const words = people.flatMap(({ name, roles, passphrase, secret, code, cardPin }) => [
    `  ${name}, ${roles.map((role) => role.replaceAll('-', ' ')).join(' and ')}`,
    `    passphrase: ${passphrase}`,
    `    key for an authenticator app: ${secret}${code === null ? '' : `; its code now: ${code}`}`,
    ...(cardPin === null ? [] : [`    with --card: their card of software, PIN ${cardPin}`]),
  ]);
  return ['Be one of these people, who are invented, at the sign-in or with --operator NAME:', ...words];
}
