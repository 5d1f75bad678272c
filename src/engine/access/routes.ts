/** All calls about who may come in and what they may, with what they share: attempts are counted once for all. */

import type { Compiled } from '../../core/program.ts'
import type { Route } from '../http/route.ts'
import { Attempts } from './attempts.ts'
import { auditRoutes } from './audit-routes.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { ownRoutes } from './own-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { setUpRoutes } from './set-up-routes.ts'
import { staffRoutes } from './staff-routes.ts'

export interface AccessOptions {
  /** Checks a program file with the features that this installation has. */
  compile(text: string, revision: number): Compiled
  attempts?: Attempts
}

export function accessRoutes({ compile, attempts = new Attempts() }: AccessOptions): readonly Route[] {
  return [
    ...sessionRoutes(attempts),
    ...setUpRoutes(compile, attempts),
    ...invitationRoutes(attempts),
    ...ownRoutes(attempts),
    ...staffRoutes,
    ...auditRoutes,
  ]
}
