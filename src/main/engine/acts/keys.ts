import type { RenderedLine } from '../../../contract/approvals.ts';
import type { Key, KeyLoss, keys as keysContract } from '../../../contract/keys.ts';
import type { Act } from '../../approvals/index.ts';
import type { Keys } from '../../keys/index.ts';
import type { InputOf } from './input.ts';
import { attempt, line, rendered, told } from './lines.ts';

type Rotate = InputOf<typeof keysContract.rotate>;
type Retire = InputOf<typeof keysContract.retire>;
type Destroy = InputOf<typeof keysContract.destroy>;

const keyPath = (id: string) => `/keys/${id}`;

const keyOf = (keys: Keys, id: string) => attempt(() => keys.get(id).key);

/** Whether the calendar may not replace it alone: its policy asks for two people. */
const needsTwo = (keys: Keys, { policy }: Key): boolean =>
  !keys.policies().some(({ name, unattended }) => name === policy && unattended);

const isDual = (keys: Keys, id: string): boolean => {
  const { value } = keyOf(keys, id);
  return value !== undefined && needsTwo(keys, value);
};

/** Keys of data are replaced every quarter by the calendar; one person may do the same. */
const rotate = (keys: Keys): Act => ({
  isGoverned: (input) => 'keyId' in (input as Rotate) && isDual(keys, (input as { keyId: string }).keyId),
  facts: () => ({ amounts: [], count: 1 }),
  render(input) {
    const what = input as Rotate;
    const title = 'Replace a key by its next version';
    if (!('keyId' in what)) return rendered({ title, lines: [told('Keys of the purpose', what.purpose)] });
    const { value: key, refusal } = keyOf(keys, what.keyId);
    if (key === undefined) return rendered({ title, lines: [told('Key', what.keyId)], obstacle: refusal });
    return rendered({
      title,
      lines: [
        told('Key', `${key.id} · ${key.algorithm}`),
        line('Version in use', String(key.version), String(key.version + 1)),
        line('State of this version', key.state, 'rotating, then retired'),
        told('Moves under the new version', `${key.protects} ${key.protectsWhat}`),
      ],
      sources: [{ label: key.id, to: keyPath(key.id) }],
      obstacle: key.state === 'destroyed' ? 'The key is destroyed.' : null,
    });
  },
});

/** Not an emergency: whoever must stop a key at once marks it compromised, alone. */
const retire = (keys: Keys): Act => ({
  isGoverned: (input) => isDual(keys, (input as Retire).keyId),
  facts: () => ({ amounts: [], count: 1 }),
  render(input) {
    const { keyId } = input as Retire;
    const title = 'Take a key out of use without a successor';
    const { value: key, refusal } = keyOf(keys, keyId);
    if (key === undefined) return rendered({ title, lines: [told('Key', keyId)], obstacle: refusal });
    return rendered({
      title,
      lines: [
        told('Key', `${key.id} · ${key.algorithm}`),
        line('State', key.state, 'retired'),
        told('Still protects', `${key.protects} ${key.protectsWhat}`),
      ],
      sources: [{ label: key.id, to: keyPath(key.id) }],
    });
  },
});

const lossLines = ({ keyIds, values }: KeyLoss): RenderedLine[] => [
  ...keyIds.map((id) => line(id, 'opens what lies under it', 'destroyed for good')),
  ...values.map(({ purpose, count }) =>
    line(`Values of ${purpose}`, String(count), '0, nobody opens them again'),
  ),
];

const destroy = (keys: Keys): Act => {
  const lossOf = (input: unknown) => {
    const { confirm: _, ...what } = input as Destroy;
    return attempt(() => keys.loss(what as Parameters<Keys['loss']>[0]));
  };
  return {
    facts: (input) => ({ amounts: [], count: Math.max(1, lossOf(input).value?.keyIds.length ?? 1) }),
    render(input) {
      const { value: loss, refusal } = lossOf(input);
      const title = 'Destroy keys for good';
      const { confirm: _, ...what } = input as Destroy;
      const target =
        'keyId' in what
          ? told('Key', what.keyId)
          : told('Retention class and quarter', `${what.retentionClass}, ${what.quarter}`);
      if (loss === undefined) return rendered({ title, lines: [target], obstacle: refusal });
      return rendered({
        title,
        lines: [target, ...lossLines(loss)],
        sources: loss.keyIds.slice(0, 10).map((id) => ({ label: id, to: keyPath(id) })),
        obstacle: loss.refusal?.message ?? null,
      });
    },
  };
};

/** Keys under dual control. */
export const keysActs = ({ keys }: { readonly keys: Keys }): Readonly<Record<string, Act>> => ({
  'keys.rotate': rotate(keys),
  'keys.retire': retire(keys),
  'keys.destroy': destroy(keys),
});
