import type { EngineNotice } from './messages.ts';
import type { ElectronModule } from './shell.ts';

/** Notices that are on the screen: one that nothing refers to could be collected before it is clicked. */
const shown = new Set<object>();

/** Shows an urgent notice by the operating system; a click on it brings the window to the front. */
export function showNotice(
  { Notification }: Pick<ElectronModule, 'Notification'>,
  { severity, title }: EngineNotice,
  onClick: () => void,
): void {
  if (!Notification.isSupported()) return;
  const isUrgent = severity === 'critical';
  const notice = new Notification({
    title: 'Countersign',
    body: title,
    urgency: isUrgent ? 'critical' : 'normal',
    timeoutType: isUrgent ? 'never' : 'default',
  });
  shown.add(notice);
  notice.once('click', () => {
    shown.delete(notice);
    onClick();
  });
  notice.once('close', () => shown.delete(notice));
  notice.show();
}
