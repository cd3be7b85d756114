/** What other screens show of packets: dialogs, each mounted only while it is open, and their words. */
export { CardDialog } from './CardDialog.tsx';
export { EnrolCardDialog } from './EnrolCardDialog.tsx';
export { carryWords } from './messages.ts';
export { PacketDialog } from './PacketDialog.tsx';
export { TakeAnswerDialog } from './TakeAnswerDialog.tsx';
