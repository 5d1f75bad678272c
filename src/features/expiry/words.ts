/** What members are told of rules that keep points longer, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    extends:
      '{on, select, order {Each purchase keeps} visit {Each visit keeps} action {Some of what you do keeps} join {Joining keeps} other {Reaching a level keeps}} your {points} for at least {extend} from that day.',
    reinstates:
      '{on, select, order {Each purchase brings} visit {Each visit brings} action {Some of what you do brings} join {Joining brings} other {Reaching a level brings}} back what expired of your {points} within the {since} before it, for {extend}.',
    'loss.less': 'What kept the {points} of members longer is gone, keeps them for less long, or asks for more.',
  },
  tr: {
    extends:
      '{on, select, order {Her alışveriş} visit {Her ziyaret} action {Bazı işlemleriniz} join {Üye olmanız} other {Bir seviyeye ulaşmanız}}, elinizdeki {points} için o günden başlayarak en az {extend} süre tanır.',
    reinstates:
      '{on, select, order {Her alışveriş} visit {Her ziyaret} action {Bazı işlemleriniz} join {Üye olmanız} other {Bir seviyeye ulaşmanız}}, önceki {since} içinde süresi dolan {points} bakiyenizi {extend} süreyle geri getirir.',
    'loss.less':
      'Üyelerin {points} bakiyesini daha uzun süre koruyan kural kalkıyor, daha kısa süre koruyor ya da daha fazlasını istiyor.',
  },
}
