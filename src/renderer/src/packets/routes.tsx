import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { AnswerPacket } from './AnswerPacket.tsx';

const answerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/approvals/packet',
  component: AnswerPacket,
});

export const packetsRoutes = [answerRoute] as const;
