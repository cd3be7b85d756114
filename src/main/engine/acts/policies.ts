import type { PolicyChange } from '../../../contract/policies.ts';
import type { Act } from '../../approvals/index.ts';
import { differences, type Policies } from '../../policies/index.ts';
import { inWords } from './fields.ts';
import { attempt, line, rendered, told } from './lines.ts';

/** `clauses.answerWithinMs` as a person reads it. */
const clauseName = (path: string): string => inWords(path.replace(/^clauses\./, '').replace(/Ms$/, ''));

const change = (policies: Policies): Act => ({
  facts: () => ({ amounts: [], count: 1 }),
  render(raw) {
    const input = raw as PolicyChange;
    const { policyId, baseVersion, reason } = input;
    // Against the version that it was drafted for, so that a checker sees what the maker saw.
    const base = policies.version(policyId, baseVersion);
    const { refusal } = attempt(() => policies.compare(input));
    return rendered({
      title: `Change the policy “${base?.title ?? policyId}”`,
      lines: [
        line('Version', String(baseVersion), String(baseVersion + 1)),
        told('Reason', reason),
        ...(base === undefined ? [] : differences(base, input)).map(({ path, before, after, loosens }) =>
          line(`${clauseName(path)}${loosens ? ' (asks for less)' : ''}`, before, after),
        ),
      ],
      sources: [{ label: 'Policies', to: '/policies' }],
      obstacle: refusal,
    });
  },
});

/** The policies themselves. */
export const policiesActs = ({
  policies,
}: {
  readonly policies: Policies;
}): Readonly<Record<string, Act>> => ({
  'policies.change': change(policies),
});
