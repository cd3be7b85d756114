import type { DownloadItem, Event, WebContents, WebFrameMain } from 'electron';
import { isOwnBlob, PAGE_ORIGIN } from './page-address.ts';

/** What the page may save, by the end of its name: sheets and transcripts, which people carry away. */
const KINDS: ReadonlyMap<string, { readonly type: string; readonly name: string }> = new Map([
  ['pdf', { type: 'application/pdf', name: 'PDF' }],
  ['json', { type: 'application/json', name: 'JSON' }],
]);
/** A plain name, as the page makes them: no folder, no dot but the one before its end. */
const NAME = /^[a-z0-9][a-z0-9-]{0,80}\.([a-z]+)$/;
/** Nothing that the page makes comes near it. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The one kind of download there is: what our own page holds in its hands, at a person's act, into a
 * place that the person chooses in the dialog of the system. Everything else is refused.
 */
export function lendSaving(
  event: Event,
  item: DownloadItem,
  contents: WebContents | undefined,
  frame: WebFrameMain | null | undefined,
): void {
  const name = item.getFilename();
  const end = NAME.exec(name)?.[1] ?? '';
  const kind = KINDS.get(end);
  const isPage =
    contents !== undefined &&
    frame !== null &&
    frame !== undefined &&
    frame === contents.mainFrame &&
    frame.parent === null &&
    frame.origin === PAGE_ORIGIN &&
    item.getInitiatorOrigin() === PAGE_ORIGIN;
  const isOwn =
    item.getURLChain().every(isOwnBlob) && isOwnBlob(item.getURL()) && item.getMimeType() === kind?.type;
  if (!isPage || !isOwn || !item.hasUserGesture() || item.getTotalBytes() > MOST_BYTES) {
    event.preventDefault();
    return;
  }
  // Without a path of ours the shell asks the person for one.
  item.setSaveDialogOptions({
    defaultPath: name,
    filters: [{ name: kind!.name, extensions: [end] }],
    properties: ['showOverwriteConfirmation', 'dontAddToRecent'],
  });
}
