import { FormGroup, InputGroup } from '@blueprintjs/core';
import { writeQuote } from '../../../contract/rates.ts';
import type { MatchExchange } from '../../../contract/reconciliation.ts';
import { Money, writeMoney } from '../kit/index.ts';
import { type Exchanging, evaluateExchange, type TypedExchange } from './exchanging.ts';
import { t } from './messages.ts';

/** What of the money a match of another currency's items uses, and at which rate: both amounts stand side by side. */
export function ExchangeRow(props: { readonly exchange: MatchExchange; readonly currency: string }) {
  const { moneyMinor, chargesMinor, rateFrom } = props.exchange;
  const quote = writeQuote(props.exchange, [props.exchange.currency, props.currency]);
  const words = [
    t(`exchange.from.${rateFrom}`, { quote }),
    ...(chargesMinor === 0n ? [] : [t('item.charges', { amount: writeMoney(chargesMinor, props.currency) })]),
  ];
  return (
    <tr>
      <th scope="row">{t('exchange.uses')}</th>
      <td>
        <Money amountMinor={moneyMinor} currency={props.currency} />
        <span className="cs-note cs-takings">{words.join(' · ')}</span>
      </td>
    </tr>
  );
}

/** The fields of a hand-made exchange: the money or the rate, and what banks took. */
export function ExchangeFields(props: {
  readonly exchanging: Exchanging;
  readonly onChange: (typed: TypedExchange) => void;
}) {
  const { exchanging, onChange } = props;
  const { currency, money, told, typed } = exchanging;
  const { used } = evaluateExchange(exchanging);
  const field = (name: keyof TypedExchange, label: string, isOff: boolean) => (
    <FormGroup label={label} labelFor={`exchange-${name}`}>
      <InputGroup
        id={`exchange-${name}`}
        className="cs-amount-field"
        inputMode="decimal"
        autoComplete="off"
        disabled={isOff}
        value={typed[name]}
        onChange={(event) => onChange({ ...typed, [name]: event.currentTarget.value })}
      />
    </FormGroup>
  );
  return (
    <fieldset className="cs-exchange">
      <legend>{t('exchange.title', { currency })}</legend>
      <p className="cs-muted">
        {told?.currency === currency
          ? t(told.isRateStated ? 'exchange.told' : 'exchange.toldAmount', {
              amount: writeMoney(told.amountMinor, currency),
              quote: writeQuote(told, [currency, money.currency]),
            })
          : t('exchange.untold', { currency })}
      </p>
      <div className="cs-exchange-fields">
        {field('moneyText', t('exchange.money', { currency: money.currency }), typed.rateText.trim() !== '')}
        {field(
          'rateText',
          t('exchange.rate', { currency, other: money.currency }),
          typed.moneyText.trim() !== '',
        )}
        {field('chargesText', t('exchange.charges', { currency: money.currency }), false)}
      </div>
      {used && (
        <p className="cs-allocate-money" role="status">
          <span>
            {t('exchange.uses')}{' '}
            <span className="cs-muted">{writeQuote(used.quote, [currency, money.currency])}</span>
          </span>
          <Money amountMinor={used.moneyMinor} currency={money.currency} />
        </p>
      )}
    </fieldset>
  );
}
