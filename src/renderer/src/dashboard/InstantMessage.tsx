/** From a line of the Live Feed to the payment that its message told of. */
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { EmptyState, ErrorState, Page, PlaceLink, Skeleton } from '../kit/index.ts';
import { t } from './messages.ts';

export function InstantMessage({ number }: { readonly number: string }) {
  const payments = useQuery(
    orpc.instant.payments.queryOptions({ input: { messageNumber: number, limit: 1 } }),
  );
  const first = payments.data?.rows[0];
  if (first !== undefined) {
    return (
      <Navigate to="/transactions/$transactionId" params={{ transactionId: first.id }} search={{}} replace />
    );
  }
  return (
    <Page title={t('message.title', { number })} body="scroll">
      {payments.isError ? (
        <ErrorState error={payments.error} onRetry={() => void payments.refetch()} />
      ) : payments.data === undefined ? (
        <Skeleton lines={4} />
      ) : (
        <EmptyState
          title={t('message.none')}
          text={t('message.noneText')}
          actions={<PlaceLink to={places.dashboard()}>{t('message.back')}</PlaceLink>}
        />
      )}
    </Page>
  );
}
