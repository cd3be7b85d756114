import { Button, HTMLSelect } from '@blueprintjs/core';
import { roleIds } from '../../../contract/operators.ts';
import { kindWords } from '../approvals/parts.tsx';
import { toggled } from '../operators/drafting.ts';
import { t as people } from '../operators/messages.ts';
import type { DraftProblem, LimitDraft, PolicyDraft, UNITS } from './drafting.ts';
import { Check, Part, Pick, Span, Text } from './Fields.tsx';
import { t } from './messages.ts';

export interface DraftFormProps {
  readonly draft: PolicyDraft;
  readonly problems: readonly DraftProblem[];
  /** Commands that stand under no policy yet, or under this one. */
  readonly free: readonly string[];
  readonly onChange: (draft: PolicyDraft) => void;
}

const MOST_LIMITS = 4;

/** The draft of a policy, from who to how it is guarded; everything is reached by the keyboard. */
export function DraftForm({ draft, problems, free, onChange }: DraftFormProps) {
  const set = (part: Partial<PolicyDraft>) => onChange({ ...draft, ...part });
  const isWrong = (problem: DraftProblem) => problems.includes(problem);
  return (
    <>
      <Part legend={t('change.people')}>
        <RoleTable draft={draft} set={set} />
        <p className="cs-muted">{t('change.asksHint')}</p>
      </Part>
      <Part legend={t('change.terms')}>
        <div className="cs-policy-fields">
          <Text
            label={t('clause.quorum')}
            value={draft.quorum}
            isNumber
            isWrong={isWrong('quorum')}
            onChange={(quorum) => set({ quorum })}
          />
          <Span
            label={t('clause.answerWithinMs')}
            value={draft.answerWithin}
            isWrong={isWrong('answerWithin')}
            onChange={(answerWithin) => set({ answerWithin })}
          />
        </div>
        <Check label={t('change.free')} isOn={draft.isFree} onChange={(isFree) => set({ isFree })} />
        {draft.isFree && (
          <div className="cs-policy-fields">
            <Text
              label={t('change.freeCount')}
              value={draft.freeCount}
              isNumber
              isWrong={isWrong('freeCount') || isWrong('free')}
              onChange={(freeCount) => set({ freeCount })}
            />
            <Text
              label={t('change.freeAmounts')}
              value={draft.freeAmounts}
              hint={t('change.amountsHint')}
              isWrong={isWrong('freeAmounts') || isWrong('free')}
              onChange={(freeAmounts) => set({ freeAmounts })}
            />
          </div>
        )}
        <Check
          label={t('change.delegation')}
          isOn={draft.delegation}
          onChange={(delegation) => set({ delegation })}
        />
      </Part>
      <Part legend={t('change.limits')}>
        <Limits limits={draft.limits} isWrong={isWrong('limits')} onChange={(limits) => set({ limits })} />
      </Part>
      <Part legend={t('change.guards')}>
        <Guards draft={draft} isWrong={isWrong} set={set} />
      </Part>
      <Part legend={t('change.commands')}>
        <Commands commands={draft.commands} free={free} onChange={(commands) => set({ commands })} />
      </Part>
    </>
  );
}

interface PartProps {
  readonly draft: PolicyDraft;
  readonly set: (part: Partial<PolicyDraft>) => void;
}

const COLUMNS = [
  ['askers', 'change.asks'],
  ['checkers', 'change.agrees'],
  ['vetoers', 'change.ends'],
] as const;

/** Each role once, with what it may do under the policy. */
function RoleTable({ draft, set }: PartProps) {
  return (
    <table className="cs-plain-table cs-role-table">
      <thead>
        <tr>
          <th scope="col">{t('change.role')}</th>
          {COLUMNS.map(([name, words]) => (
            <th key={name} scope="col">
              {t(words)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {roleIds.map((role) => (
          <tr key={role}>
            <th scope="row">{people(`role.${role}`)}</th>
            {COLUMNS.map(([name, words]) => (
              <td key={name}>
                <input
                  type="checkbox"
                  checked={draft[name].includes(role)}
                  aria-label={`${people(`role.${role}`)}: ${t(words)}`}
                  onChange={() => set({ [name]: toggled(draft[name], role) })}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Limits(props: {
  readonly limits: readonly LimitDraft[];
  readonly isWrong: boolean;
  readonly onChange: (limits: readonly LimitDraft[]) => void;
}) {
  const { limits, onChange } = props;
  const change = (key: number, part: Partial<LimitDraft>) =>
    onChange(limits.map((limit) => (limit.key === key ? { ...limit, ...part } : limit)));
  const nextKey = Math.max(0, ...limits.map(({ key }) => key)) + 1;
  return (
    <>
      {limits.map((limit, index) => (
        <div key={limit.key} className="cs-policy-limit">
          <Text
            label={t('change.limitCount', { line: index + 1 })}
            value={limit.count}
            isNumber
            isWrong={props.isWrong}
            onChange={(count) => change(limit.key, { count })}
          />
          <Text
            label={t('change.limitAmounts', { line: index + 1 })}
            value={limit.amounts}
            isWrong={props.isWrong}
            onChange={(amounts) => change(limit.key, { amounts })}
          />
          <Span
            label={t('change.limitWindow', { line: index + 1 })}
            value={limit.window}
            isWrong={props.isWrong}
            onChange={(window) => change(limit.key, { window })}
          />
          <Button
            size="small"
            variant="minimal"
            aria-label={t('change.removeLimit', { line: index + 1 })}
            onClick={() => onChange(limits.filter(({ key }) => key !== limit.key))}
          >
            ✕
          </Button>
        </div>
      ))}
      <p className="cs-muted">{t('change.amountsHint')}</p>
      <Button
        size="small"
        disabled={limits.length >= MOST_LIMITS}
        onClick={() =>
          onChange([
            ...limits,
            {
              key: nextKey,
              count: '',
              amounts: '',
              window: { count: '1', unit: 'day' as keyof typeof UNITS },
            },
          ])
        }
      >
        {t('change.addLimit')}
      </Button>
    </>
  );
}

function Guards({
  draft,
  set,
  isWrong,
}: PartProps & { readonly isWrong: (problem: DraftProblem) => boolean }) {
  const atLeast = (what: string) => t('words.atLeast', { what });
  return (
    <>
      <Check
        label={t('change.hasSession')}
        isOn={draft.hasSession}
        onChange={(hasSession) => set({ hasSession })}
      />
      {draft.hasSession && (
        <div className="cs-policy-fields">
          <Span
            label={t('change.sessionMax')}
            value={draft.sessionMax}
            isWrong={isWrong('session')}
            onChange={(sessionMax) => set({ sessionMax })}
          />
          <Span
            label={t('change.sessionIdle')}
            value={draft.sessionIdle}
            isWrong={isWrong('session')}
            onChange={(sessionIdle) => set({ sessionIdle })}
          />
        </div>
      )}
      <div className="cs-policy-fields">
        <Pick
          label={t('clause.secondFactor')}
          value={draft.secondFactor}
          options={(['totp', 'hardware-token'] as const).map((value) => ({
            value,
            label: t(`words.factor.${value}`),
          }))}
          onChange={(secondFactor) => set({ secondFactor })}
        />
        <Pick
          label={t('clause.signature')}
          value={draft.signature}
          options={(['ML-DSA-65', 'ML-DSA-87'] as const).map((value) => ({ value, label: atLeast(value) }))}
          onChange={(signature) => set({ signature })}
        />
        <Pick
          label={t('clause.kem')}
          value={draft.kem}
          options={(['ML-KEM-768', 'ML-KEM-1024'] as const).map((value) => ({
            value,
            label: atLeast(value),
          }))}
          onChange={(kem) => set({ kem })}
        />
        <Text
          label={t('change.years')}
          value={draft.retentionYears}
          isNumber
          isWrong={isWrong('retentionYears')}
          onChange={(retentionYears) => set({ retentionYears })}
        />
        <Text
          label={t('clause.regimes')}
          value={draft.regimes}
          placeholder={t('change.regimesExample')}
          onChange={(regimes) => set({ regimes })}
        />
      </div>
      <Check
        label={t('change.alertAtOnce')}
        isOn={draft.alertAtOnce}
        onChange={(alertAtOnce) => set({ alertAtOnce })}
      />
      <Check
        label={t('change.maskAccounts')}
        isOn={draft.maskAccounts}
        onChange={(maskAccounts) => set({ maskAccounts })}
      />
    </>
  );
}

function Commands(props: {
  readonly commands: readonly string[];
  readonly free: readonly string[];
  readonly onChange: (commands: readonly string[]) => void;
}) {
  const { commands, onChange } = props;
  const others = props.free.filter((command) => !commands.includes(command));
  return (
    <>
      <ul className="cs-policy-chips">
        {commands.map((command) => (
          <li key={command}>
            {kindWords(command)}
            <Button
              size="small"
              variant="minimal"
              aria-label={t('change.removeCommand', { command: kindWords(command) })}
              onClick={() => onChange(commands.filter((one) => one !== command))}
            >
              ✕
            </Button>
          </li>
        ))}
      </ul>
      <HTMLSelect
        aria-label={t('change.addCommand')}
        value=""
        onChange={(event) => {
          const command = event.currentTarget.value;
          if (command !== '') onChange([...commands, command]);
        }}
      >
        <option value="">{t('change.addCommand')}</option>
        {others.map((command) => (
          <option key={command} value={command}>
            {kindWords(command)}
          </option>
        ))}
      </HTMLSelect>
    </>
  );
}
