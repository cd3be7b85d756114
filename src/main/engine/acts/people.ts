import type { RenderedLine } from '../../../contract/approvals.ts';
import type { OperatorLine, RoleId } from '../../../contract/operators.ts';
import type { Act, CardDesk } from '../../approvals/index.ts';
import type { Operators } from '../../operators/index.ts';
import { line, listed, rendered, type Told, told } from './lines.ts';

/** The inputs of these commands without passphrases and second factors, which the gate never sees. */
interface PersonInput {
  readonly id?: string;
  readonly operatorId?: string;
  readonly kind?: OperatorLine['kind'];
  readonly name?: string;
  readonly roles?: readonly RoleId[];
  readonly permissions?: readonly string[];
  readonly text?: string;
  /** Of a smart card. */
  readonly serial?: string;
  /** Of a break-glass: how long, and why. */
  readonly minutes?: number;
  readonly reason?: string;
}

const UNKNOWN = 'There is no operator under that id.';

/** Why nobody may hold these roles together. */
function conflict(operators: Operators, roles: readonly RoleId[]): string | null {
  const broken = operators
    .roles()
    .duties.find(({ one, other }) => [one, other].every((side) => side.some((role) => roles.includes(role))));
  return broken?.why ?? null;
}

const dutiesLine = (
  before: readonly string[] | null,
  after: readonly string[],
  isPerson: boolean,
): RenderedLine =>
  line(isPerson ? 'Roles' : 'Permissions', before === null ? null : listed(before), listed(after));

const create = (operators: Operators): Act => ({
  bringsAnew: true,
  facts: () => ({ amounts: [], count: 1 }),
  render(input) {
    const { kind, name = '', roles = [], permissions = [] } = input as PersonInput;
    const isPerson = kind === 'person';
    const taken = operators.list().some((one) => one.name.toLowerCase() === name.trim().toLowerCase());
    return rendered({
      title: isPerson ? 'Name a person' : 'Create a service account',
      lines: [
        told('Name', name),
        dutiesLine(null, isPerson ? roles : permissions, isPerson),
        told('Brought at the run', isPerson ? 'passphrase and second factor' : 'passphrase'),
      ],
      sources: [{ label: 'Operators', to: '/operators' }],
      obstacle: taken ? 'Somebody is already named like that.' : conflict(operators, roles),
    });
  },
});

/** An act on one operator who is there already. */
function onOperator(
  operators: Operators,
  title: string,
  tell: (one: OperatorLine, input: PersonInput) => Pick<Told, 'lines' | 'obstacle'>,
): Act {
  return {
    facts: () => ({ amounts: [], count: 1 }),
    render(raw) {
      const input = raw as PersonInput;
      const id = input.id ?? input.operatorId ?? '';
      const sources = [{ label: 'Operators', to: '/operators' }];
      const one = operators.list().find((line) => line.id === id);
      if (one === undefined) {
        return rendered({ title, lines: [told('Operator', id)], sources, obstacle: UNKNOWN });
      }
      const { lines, obstacle } = tell(one, input);
      return rendered({
        title,
        lines: [told('Operator', one.name), ...lines],
        sources,
        obstacle: obstacle ?? null,
      });
    },
  };
}

/** Who may do what. Taking somebody out is one person's, since it only takes away. */
export const peopleActs = ({
  operators,
  cards,
}: {
  readonly operators: Operators;
  readonly cards: CardDesk;
}): Readonly<Record<string, Act>> => ({
  'operators.create': create(operators),
  'operators.setRoles': onOperator(
    operators,
    'Change what somebody may do',
    (one, { roles = [], permissions = [] }) => {
      const isPerson = one.kind === 'person';
      const before = isPerson ? one.roles : one.permissions;
      return {
        lines: [dutiesLine(before, isPerson ? roles : permissions, isPerson)],
        obstacle: conflict(operators, roles),
      };
    },
  ),
  'operators.enable': onOperator(operators, 'Let somebody sign in again', (one) => ({
    lines: [
      line('State', one.state, 'active'),
      dutiesLine(null, one.kind === 'person' ? one.roles : one.permissions, one.kind === 'person'),
      ...(one.waitsUntilMs === null ? [] : [line('Wait after failed sign-ins', 'yes', 'no')]),
    ],
  })),
  'operators.resetSecondFactor': {
    ...onOperator(operators, 'Give somebody a new second factor', ({ kind }) => ({
      lines: [
        line('Second factor', 'the present one', 'a new one'),
        told('Brought at the run', 'the new second factor'),
      ],
      obstacle: kind === 'service' ? 'A service account has no second factor.' : null,
    })),
    bringsAnew: true,
  },
  'operators.resetPassphrase': {
    ...onOperator(operators, 'Give somebody a new passphrase', () => ({
      lines: [
        line('Signing key', 'the present one, by which old signatures still verify', 'a new one'),
        told('Brought at the run', 'the new passphrase'),
      ],
      obstacle: null,
    })),
    bringsAnew: true,
  },
  'operators.enrolSmartCard': {
    ...onOperator(operators, 'Enrol a smart card for somebody', ({ kind, card }, { serial = '' }) => ({
      lines: [
        line('Signs in with the card', card?.serial ?? null, serial),
        told('Brought at the run', 'the card and its PIN'),
      ],
      obstacle: kind === 'service' ? 'A service account has no card.' : null,
    })),
    bringsAnew: true,
  },
  'operators.breakGlass': onOperator(
    operators,
    'Lend roles in an emergency',
    (one, { roles = [], minutes = 0, reason = '' }) => ({
      lines: [
        line('Roles', listed(one.roles), listed([...new Set([...one.roles, ...roles])])),
        told('Lent for', `${minutes} minutes`),
        told('Reason', reason),
      ],
      obstacle: one.kind === 'service' ? 'A service account is lent no roles.' : null,
    }),
  ),
  'approvals.enrolCard': {
    facts: () => ({ amounts: [], count: 1 }),
    render(raw) {
      const { operatorId = '', text = '' } = raw as PersonInput;
      return cards.renderEnrolment({ operatorId, text });
    },
  },
});
