import { useRouter } from '@tanstack/react-router';
import { places } from '../app/places.ts';
import { FilterTabs } from '../kit/index.ts';
import { t } from './messages.ts';

const LISTS = { items: places.openItems, customers: places.customers, learned: places.learned } as const;
type List = keyof typeof LISTS;

/** Switches between the lists of the room. */
export function ReceivablesTabs({ current }: { readonly current: List }) {
  const router = useRouter();
  return (
    <FilterTabs
      label={t('tab.label')}
      options={(Object.keys(LISTS) as List[]).map((value) => ({ value, label: t(`tab.${value}`) }))}
      value={current}
      onChange={(next) => router.history.push(LISTS[next]())}
    />
  );
}
