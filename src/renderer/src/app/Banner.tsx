/** A calm line across the top while the engine is gone. */
import { Button } from '@blueprintjs/core';
import { useDelayed, writeClock } from '../kit/index.ts';
import { reconnectNow, useConnection } from './connection.ts';
import { t } from './messages.ts';

export function Banner() {
  const connection = useConnection();
  const gone = useDelayed(connection.kind === 'lost' || connection.kind === 'refused', 1000);
  return (
    <div role="status" className={gone ? 'cs-banner' : 'cs-banner cs-banner--none'}>
      {gone && connection.kind === 'refused' && <span>{t('feed.refused')}</span>}
      {gone && connection.kind === 'lost' && (
        <>
          <span>{t('feed.lost', { time: writeClock(connection.sinceMs) })}</span>
          <Button size="small" variant="minimal" onClick={reconnectNow}>
            {t('feed.reconnect')}
          </Button>
        </>
      )}
    </div>
  );
}
