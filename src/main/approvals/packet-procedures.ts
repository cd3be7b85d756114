import { callerOf, os, seatOf } from '../base/procedures.ts';
import type { CardDesk } from './card.ts';
import type { Packets } from './packet.ts';

/** Binds the procedures of the contract's `approvals` that files travel by. */
export const packetProcedures = (packets: Packets, cards: CardDesk) => ({
  exportPacket: os.approvals.exportPacket.handler(({ input, context }) =>
    packets.exportPacket(callerOf(context), seatOf(context), input.requestId),
  ),
  readPacket: os.approvals.readPacket.handler(({ input, context }) =>
    packets.readPacket(seatOf(context), input.text),
  ),
  answerPacket: os.approvals.answerPacket.handler(({ input, context }) =>
    packets.answerPacket(callerOf(context), seatOf(context), input),
  ),
  takeAnswer: os.approvals.takeAnswer.handler(({ input, context }) =>
    packets.takeAnswer(callerOf(context), input.text),
  ),
  saveFile: os.approvals.saveFile.handler(({ input }) => packets.saveFile(input)),
  card: os.approvals.card.handler(({ context }) => cards.card(seatOf(context))),
  enrolCard: os.approvals.enrolCard.handler(({ input, context }) => cards.enrol(callerOf(context), input)),
});
