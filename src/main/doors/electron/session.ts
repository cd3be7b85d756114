import type { Session } from 'electron';
import { CONTENT_SECURITY_POLICY } from '../shared/headers.ts';
import type { CameraLeave } from './camera.ts';
import { isOwnBlob, pagePathOf } from './page-address.ts';
import { lendSaving } from './saving.ts';

const DEVELOPER_TOOLS = 'devtools:';

/**
 * Takes from a session everything Electron grants by default: permissions, devices, downloads,
 * dictionaries from the network, and the network itself. The console works offline; connectors
 * belong to the engine, never to the page. Only the session of our page is lent anything: the camera,
 * while its scan dialog is open, and the system's dialog to save what the page itself made.
 */
export function hardenSession(session: Session, camera?: CameraLeave): void {
  session.setPermissionRequestHandler((contents, permission, answer, wish) =>
    answer(camera?.allows(contents, permission, wish) === true),
  );
  session.setPermissionCheckHandler(
    (contents, permission, _origin, wish) => camera?.allows(contents, permission, wish) === true,
  );
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event, item, contents, frame) => {
    if (camera === undefined) event.preventDefault();
    else lendSaving(event, item, contents, frame);
  });
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const isOurs = pagePathOf(url) !== null || isOwnBlob(url) || URL.parse(url)?.protocol === DEVELOPER_TOOLS;
    answer({ cancel: !isOurs });
  });
  session.webRequest.onHeadersReceived(({ responseHeaders }, answer) => {
    answer({ responseHeaders: withOurPolicy(responseHeaders ?? {}) });
  });
}

/** Our policy replaces whatever an answer brought, in any spelling. */
export function withOurPolicy(headers: Record<string, string[]>): Record<string, string[]> {
  const others = Object.entries(headers).filter(
    ([name]) => !/^content-security-policy(-report-only)?$/i.test(name),
  );
  return { ...Object.fromEntries(others), 'content-security-policy': [CONTENT_SECURITY_POLICY] };
}
