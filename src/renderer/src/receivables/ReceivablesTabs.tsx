import { useRouter } from '@tanstack/react-router';
import { places } from '../app/places.ts';
import { FilterTabs } from '../kit/index.ts';
import { t } from './messages.ts';

/** Switches between the two lists of the room. */
export function ReceivablesTabs({ current }: { readonly current: 'items' | 'customers' }) {
  const router = useRouter();
  return (
    <FilterTabs
      label={t('tab.label')}
      options={[
        { value: 'items', label: t('tab.items') },
        { value: 'customers', label: t('tab.customers') },
      ]}
      value={current}
      onChange={(next) => router.history.push(next === 'items' ? places.openItems() : places.customers())}
    />
  );
}
