import { Button, FormGroup, HTMLSelect, InputGroup, PopoverNext } from '@blueprintjs/core';
import { Filter } from '@blueprintjs/icons';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { parseAmount } from '../../../contract/money.ts';
import { orpc } from '../app/data.ts';
import { KeyCaps, plainAmount } from '../kit/index.ts';
import { t } from './messages.ts';

/** What narrows the queue besides state and text, as it stands in the address. */
export interface QueueFilter {
  readonly direction?: 'credit' | 'debit' | undefined;
  readonly currency?: string | undefined;
  /** Decimal text in that currency. */
  readonly least?: string | undefined;
}

/** What the contract is asked for; a least amount counts where it is one, in the currency chosen. */
export function queueInput({ direction, currency, least }: QueueFilter) {
  const read = currency === undefined || !least ? undefined : parseAmount(plainAmount(least), currency);
  return {
    ...(direction === undefined ? {} : { direction }),
    ...(currency === undefined ? {} : { currency }),
    ...(read?.ok && read.amountMinor >= 0n ? { leastMinor: read.amountMinor } : {}),
  };
}

const countOf = (filter: QueueFilter) =>
  Object.values(filter).filter((one) => one !== undefined && one !== '').length;

/** Side, currency and least amount, behind one button. */
export function QueueFilters(props: {
  readonly filter: QueueFilter;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onChange: (filter: QueueFilter) => void;
}) {
  const count = countOf(props.filter);
  return (
    <PopoverNext
      isOpen={props.isOpen}
      onInteraction={props.onOpen}
      placement="bottom-start"
      arrow={false}
      animation="minimal"
      content={<Fields filter={props.filter} onChange={props.onChange} />}
    >
      <Button
        size="small"
        icon={<Filter />}
        active={count > 0}
        endIcon={<KeyCaps combo="f" />}
        aria-expanded={props.isOpen}
      >
        {count === 0 ? t('narrow.open') : t('narrow.count', { count })}
      </Button>
    </PopoverNext>
  );
}

function Fields({
  filter,
  onChange,
}: {
  readonly filter: QueueFilter;
  readonly onChange: (filter: QueueFilter) => void;
}) {
  const id = useId();
  const [least, setLeast] = useState(filter.least ?? '');
  const accounts = useQuery(orpc.statements.bankAccounts.queryOptions()).data ?? [];
  const currencies = [...new Set(accounts.map(({ currency }) => currency))].sort();
  const isWrong =
    least.trim() !== '' &&
    filter.currency !== undefined &&
    !parseAmount(plainAmount(least), filter.currency).ok;
  return (
    <form className="cs-approvals-filters" onSubmit={(event) => event.preventDefault()}>
      <FormGroup className="cs-dialog-field" label={t('narrow.side')} labelFor={`${id}-side`}>
        <HTMLSelect
          id={`${id}-side`}
          fill
          autoFocus
          value={filter.direction ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...filter, direction: value === 'credit' || value === 'debit' ? value : undefined })
          }
        >
          <option value="">{t('narrow.any')}</option>
          <option value="credit">{t('narrow.credit')}</option>
          <option value="debit">{t('narrow.debit')}</option>
        </HTMLSelect>
      </FormGroup>
      <FormGroup className="cs-dialog-field" label={t('narrow.currency')} labelFor={`${id}-currency`}>
        <HTMLSelect
          id={`${id}-currency`}
          fill
          value={filter.currency ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...filter, currency: value || undefined, ...(value ? {} : { least: undefined }) })
          }
        >
          <option value="">{t('narrow.any')}</option>
          {currencies.map((currency) => (
            <option key={currency}>{currency}</option>
          ))}
        </HTMLSelect>
      </FormGroup>
      <FormGroup
        className="cs-dialog-field"
        label={t('narrow.least')}
        labelFor={`${id}-least`}
        helperText={
          filter.currency === undefined ? t('narrow.leastHint') : isWrong ? t('narrow.leastWrong') : undefined
        }
        intent={isWrong ? 'danger' : 'none'}
      >
        <InputGroup
          id={`${id}-least`}
          inputMode="decimal"
          disabled={filter.currency === undefined}
          value={least}
          onChange={({ currentTarget: { value } }) => {
            setLeast(value);
            onChange({ ...filter, least: value.trim() || undefined });
          }}
        />
      </FormGroup>
      <Button
        size="small"
        disabled={countOf(filter) === 0}
        onClick={() => {
          setLeast('');
          onChange({});
        }}
      >
        {t('narrow.clear')}
      </Button>
    </form>
  );
}
