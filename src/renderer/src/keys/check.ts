import { client, refetchRooms } from '../app/data.ts';
import { notify, notifyProblem } from '../kit/index.ts';
import { t } from './messages.ts';

/** The hourly check, now: from its button, its key and the palette. */
export async function checkKeys(): Promise<void> {
  try {
    const { replaced, waiting } = await client.keys.runDue();
    const text = t('check.done', { replaced: replaced.length, waiting: waiting.length });
    notify({ text, tone: 'success' });
  } catch (error) {
    notifyProblem(error);
  }
  refetchRooms(['keys', 'audit']);
}
