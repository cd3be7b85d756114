import type { PolicyDifference } from '../../../contract/policies.ts';
import { engineWords } from '../kit/index.ts';
import { t } from './messages.ts';
import { pathLabel, pathWords, type Terms } from './words.ts';

/** Before and after, clause by clause; what asks for less than before is marked in a word and a colour. */
export function Differences(props: {
  readonly differences: readonly PolicyDifference[];
  readonly before: Terms;
  readonly after: Terms;
}) {
  const { differences, before, after } = props;
  return (
    <table className="cs-plain-table cs-change-table cs-differences">
      <thead>
        <tr>
          <th scope="col">{t('history.clause')}</th>
          <th scope="col">{t('history.before')}</th>
          <th scope="col">{t('history.after')}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map((difference) => (
          <tr key={difference.path}>
            <th scope="row">{pathLabel(difference.path)}</th>
            <td>{pathWords(difference.path, before) ?? engineWords(difference.before)}</td>
            <td>
              <strong>{pathWords(difference.path, after) ?? engineWords(difference.after)}</strong>
              {difference.loosens && (
                <span className="cs-loosens">
                  <span aria-hidden="true">▼ </span>
                  {t('history.loosens')}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
