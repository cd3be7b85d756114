import type { RenderedLine } from '../../../contract/approvals.ts';
import type { HsmKey, HsmRun, HsmStatus, HsmToken, hsm as hsmContract } from '../../../contract/hsm.ts';
import type { Act } from '../../approvals/index.ts';
import type { Hsm } from '../../hsm/index.ts';
import type { InputOf } from './input.ts';
import { line, listed, rendered, told } from './lines.ts';

type Migrate = InputOf<typeof hsmContract.migrate>;

/** What these commands name: keys, tokens, runs. */
interface HsmInput {
  readonly keyId?: string;
  readonly tokenId?: number;
  readonly reason?: string;
  readonly id?: string;
  readonly hardwareOnly?: boolean;
}

const SOURCES = [{ label: 'HSM', to: '/hsm' }];
const ONE = () => ({ amounts: [], count: 1 });

const tokenOf = (hsm: Hsm, id: number): HsmToken | undefined =>
  hsm.status().tokens.find((token) => token.id === id);
const keyOf = (hsm: Hsm, id: string): HsmKey | undefined => hsm.keys().find(({ keyId }) => keyId === id);
const tokenWords = (hsm: Hsm, id: number): string => {
  const token = tokenOf(hsm, id);
  return token === undefined ? String(id) : `${token.name} (${token.serial})`;
};
const liveOn = ({ copies }: HsmKey, tokenId: number): boolean =>
  copies.some((copy) => copy.tokenId === tokenId && copy.state === 'active');

/** An act on one key, with the tokens it lies on. */
function onKey(
  hsm: Hsm,
  title: string,
  tell: (
    key: HsmKey,
    input: HsmInput,
  ) => { readonly lines: RenderedLine[]; readonly obstacle?: string | null },
): Act {
  return {
    facts: ONE,
    render(raw) {
      const input = raw as HsmInput;
      const key = keyOf(hsm, input.keyId ?? '');
      if (key === undefined) {
        const obstacle = 'There is no key of that id.';
        return rendered({ title, lines: [told('Key', input.keyId ?? '')], sources: SOURCES, obstacle });
      }
      const { lines, obstacle = null } = tell(key, input);
      const named = [told('Key', `${key.name} · ${key.algorithm}`), told('Id', key.keyId)];
      return rendered({ title, lines: [...named, ...lines], sources: SOURCES, obstacle });
    },
  };
}

const copiesIn = (hsm: Hsm, { copies }: HsmKey, state: string): string =>
  listed(copies.filter((copy) => copy.state === state).map(({ tokenId }) => tokenWords(hsm, tokenId)));

/** The keys that a run takes along, and what becomes of each. */
function takenAlong(hsm: Hsm, { sourceId, purpose }: Migrate): RenderedLine[] {
  return hsm
    .keys()
    .filter((key) => key.state === 'active' && liveOn(key, sourceId))
    .map((key) => {
      const stays = purpose === 'backup' ? 'stays, for it may not leave' : 'replaced by a new key';
      return line(`${key.name} · ${key.algorithm}`, key.keyId, key.mayMigrate ? 'copied, wrapped' : stays);
    });
}

/** The officer's PIN of a hardware source is typed at the run; no request may hold it. */
const needsPin = (hsm: Hsm, sourceId: number | undefined): boolean =>
  sourceId !== undefined && tokenOf(hsm, sourceId)?.kind !== 'software';

const migrate = (hsm: Hsm): Act => ({
  bringsAnew: (input) => needsPin(hsm, (input as Migrate).sourceId),
  facts: ONE,
  render(raw) {
    const input = raw as Migrate;
    const { sourceId, targetId, purpose = 'migration', kem = 'ML-KEM-1024' } = input;
    const isThere = tokenOf(hsm, sourceId) !== undefined && tokenOf(hsm, targetId) !== undefined;
    return rendered({
      title:
        purpose === 'backup' ? 'Copy the keys of a token to another' : 'Move the keys of a token to another',
      lines: [
        line('Token', tokenWords(hsm, sourceId), tokenWords(hsm, targetId)),
        told('The wrapping key is agreed on by', kem),
        ...(needsPin(hsm, sourceId) ? [told('Brought at the run', 'the security officer’s PIN')] : []),
        ...takenAlong(hsm, input),
      ],
      sources: SOURCES,
      obstacle: isThere ? null : 'One of the tokens is not configured.',
    });
  },
});

const runOf = (hsm: Hsm, id: string | undefined): HsmRun | undefined =>
  hsm.migration.list().find((run) => run.id === id);

const resumeRun = (hsm: Hsm): Act => ({
  bringsAnew: (input) => needsPin(hsm, runOf(hsm, (input as HsmInput).id)?.sourceId),
  facts: ONE,
  render(raw) {
    const { id = '' } = raw as HsmInput;
    const title = 'Go on with a run that moves keys';
    const run = runOf(hsm, id);
    if (run === undefined)
      return rendered({
        title,
        lines: [told('Run', id)],
        sources: SOURCES,
        obstacle: 'There is no such run.',
      });
    const left = run.keys.filter(({ outcome }) => outcome === 'waiting' || outcome === 'failed').length;
    return rendered({
      title,
      lines: [
        line('Token', tokenWords(hsm, run.sourceId), tokenWords(hsm, run.targetId)),
        line('Keys left', String(left), '0'),
      ],
      sources: SOURCES,
      obstacle: run.state === 'stopped' ? null : 'The run has not stopped.',
    });
  },
});

const removeToken = (hsm: Hsm): Act => ({
  facts: ONE,
  render(raw) {
    const { tokenId = 0 } = raw as HsmInput;
    const title = 'Take a token out of the console';
    const token = tokenOf(hsm, tokenId);
    if (token === undefined) {
      const obstacle = 'There is no token of that id.';
      return rendered({ title, lines: [told('Token', String(tokenId))], sources: SOURCES, obstacle });
    }
    return rendered({
      title,
      lines: [told('Token', tokenWords(hsm, tokenId)), line('Active keys on it', String(token.keys), null)],
      sources: SOURCES,
      obstacle: token.keys > 0 ? 'Keys on the token are in use.' : null,
    });
  },
});

/** Letting software hold keys again takes two; forbidding it takes one. */
const setPolicy = (hsm: Hsm): Act => ({
  isGoverned: (input) => (input as HsmInput).hardwareOnly === false,
  facts: ONE,
  render(raw) {
    const words = (hardwareOnly: HsmStatus['hardwareOnly']) =>
      hardwareOnly ? 'hardware alone' : 'hardware and software';
    const after = (raw as HsmInput).hardwareOnly === true;
    return rendered({
      title: 'Change which tokens may hold keys',
      lines: [line('Keys may lie on', words(hsm.status().hardwareOnly), words(after))],
      sources: SOURCES,
    });
  },
});

/** What takes keys of tokens away, or to another place. */
export const hsmActs = ({ hsm }: { readonly hsm: Hsm }): Readonly<Record<string, Act>> => ({
  'hsm.retireKey': onKey(hsm, 'Let a key of a token sign no more', (key, { reason = '' }) => ({
    lines: [
      line('State', key.state, 'retired'),
      line('Signs on', copiesIn(hsm, key, 'active'), 'none'),
      told('Reason', reason),
    ],
    obstacle: key.state === 'retired' ? 'The key is retired already.' : null,
  })),
  'hsm.retireCopy': onKey(hsm, 'Use a key on one token no more', (key, { tokenId = 0 }) => ({
    lines: [
      line(tokenWords(hsm, tokenId), liveOn(key, tokenId) ? 'in use' : 'not in use', 'retired'),
      told(
        'Signs on',
        listed(
          key.copies
            .filter((c) => c.state === 'active' && c.tokenId !== tokenId)
            .map((c) => tokenWords(hsm, c.tokenId)),
        ),
      ),
    ],
    obstacle: key.copies.some((copy) => copy.state === 'active' && copy.tokenId !== tokenId)
      ? null
      : 'No other token holds the key.',
  })),
  'hsm.destroyKey': onKey(hsm, 'Destroy a key on its tokens', (key) => ({
    lines: [
      line('Retired copies', copiesIn(hsm, key, 'retired'), 'destroyed for good'),
      told('Left on', copiesIn(hsm, key, 'active')),
    ],
    obstacle: key.copies.some(({ state }) => state === 'retired') ? null : 'No copy of it is retired.',
  })),
  'hsm.migrate': migrate(hsm),
  'hsm.resumeRun': resumeRun(hsm),
  'hsm.removeToken': removeToken(hsm),
  'hsm.setPolicy': setPolicy(hsm),
});
