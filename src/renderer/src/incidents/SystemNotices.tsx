/** Notices by the operating system, where the page is shown by a browser and a person has allowed them. */
import { Button } from '@blueprintjs/core';
import { Notifications } from '@blueprintjs/icons';
import { useState } from 'react';
import { notify } from '../kit/index.ts';
import { t } from './messages.ts';

/** The desktop app's shell shows notices by itself and grants its page no permission. */
const canShow = () => 'Notification' in window;

/** Shows a notice by the operating system where that was allowed; it replaces an earlier one of the same tag. */
export function showSystemNotice(text: string, tag: string, onClick: () => void): void {
  if (!canShow() || Notification.permission !== 'granted') return;
  const notice = new Notification(t('notice.app'), { body: text, tag });
  notice.onclick = () => {
    window.focus();
    onClick();
    notice.close();
  };
}

/** Asks for the permission; it is there only while nobody has decided. */
export function SystemNotices() {
  const [permission, setPermission] = useState(canShow() ? Notification.permission : 'denied');
  if (permission !== 'default') return null;
  const ask = async () => {
    const answer = await Notification.requestPermission();
    setPermission(answer);
    if (answer === 'granted') notify({ text: t('notice.allowed'), tone: 'success' });
    if (answer === 'denied') notify({ text: t('notice.denied') });
  };
  return (
    <Button size="small" variant="minimal" icon={<Notifications />} onClick={() => void ask()}>
      {t('notice.allow')}
    </Button>
  );
}
