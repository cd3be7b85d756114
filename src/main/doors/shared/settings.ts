/**
 * Settings of the engine that come from the environment, the same for the app and the command line.
 * `COUNTERSIGN_NOTICE_WEBHOOK` is where notices of key rotations are posted to, on this machine alone.
 */
export function engineSettings(environment: NodeJS.ProcessEnv = process.env): {
  noticeWebhook?: string;
} {
  const noticeWebhook = environment.COUNTERSIGN_NOTICE_WEBHOOK?.trim();
  return noticeWebhook ? { noticeWebhook } : {};
}
