/** What members are told of plans, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Plans',
    fee: '{every, select, month {{fee} a month} quarter {{fee} a quarter} year {{fee} a year} other {{fee}, paid once for life}}.',
    free: 'It costs nothing.',
    household: 'It is for a household: everybody who collects in its account has it.',
    verified: 'It is for those who have shown us this: {as}.',
    only: 'It is there {condition}.',
    benefits: 'It comes with {benefits}.',
    gift: 'Every payment brings you {reward}.',
    trial: 'You may try it for {trial} for nothing; everybody has one trial in all.',
    grace: 'If a payment does not come, it goes on for {grace} and then ends.',
    refund:
      '{refund, select, unused {You can have a payment back as long as you have used nothing of what the period brings.} pro_rata {You can have back what is left of a period at any time.} other {Payments are not given back.}}',
    due: 'We tell you {remind} before a payment is due.',
    cancel:
      'You can cancel at any time, to the end of what is paid or at once. Another plan follows at that end, or begins at once; then what is left of the period is taken off its fee.',
    'when.member.plan':
      '{count, plural, =1 {{op, select, is {without a plan} other {with a plan}}} other {{op, select, is {with {value}} other {without {value}}}}}',
    'when.member.plan_status':
      '{op, select, is {while your plan is “{value}”} other {while your plan is not “{value}”}}',
    'when.member.plan_days':
      '{op, select, is {on day {value} of your plan} is_not {on any day but day {value} of your plan} more {more than {value} days after your plan began} at_least {from day {value} of your plan} less {in the first {value} days of your plan} other {until day {value} of your plan}}',
    'when.member.plan_period': 'in a period of your plan',
    'when.member.plan_status.none': 'none',
    'when.member.plan_status.trial': 'on trial',
    'when.member.plan_status.active': 'active',
    'when.member.plan_status.grace': 'in grace',
    'when.member.plan_status.lapsed': 'lapsed',
    'when.member.plan_status.ended': 'ended',
    'loss.all': 'There are no plans any more.',
    'loss.plan': 'The plan {plan} is gone; whoever has it keeps it to the end of what is paid.',
    'loss.life': 'The plan {plan} is gone, though members have paid for it for life.',
    'loss.fee': '{plan} costs more from the next payment on.',
    'loss.benefits': '{plan} comes without {benefits}.',
    'loss.gift': 'Payments for {plan} bring nothing besides any more.',
    'loss.refund': 'Payments for {plan} give back less.',
  },
  tr: {
    title: 'Planlar',
    fee: '{every, select, month {Ayda {fee}} quarter {Üç ayda bir {fee}} year {Yılda {fee}} other {Ömür boyu için bir kez {fee}}}.',
    free: 'Ücretsizdir.',
    household: 'Bir hane içindir: hanenin hesabında biriktiren herkes yararlanır.',
    verified: 'Şunu bize göstermiş olanlar içindir: {as}.',
    only: 'Şu durumda alınabilir: {condition}.',
    benefits: 'Bu planla gelenler: {benefits}.',
    gift: 'Her ödeme size şunu getirir: {reward}.',
    trial: '{trial} boyunca ücretsiz deneyebilirsiniz; herkesin toplam bir deneme hakkı vardır.',
    grace: 'Bir ödeme gelmezse {grace} daha sürer ve sonra sona erer.',
    refund:
      '{refund, select, unused {Dönemin getirdiklerinden hiçbir şey kullanmadıysanız ödemenizi geri alabilirsiniz.} pro_rata {Dönemin kalan kısmının ücretini istediğiniz zaman geri alabilirsiniz.} other {Ödemeler geri verilmez.}}',
    due: 'Bir ödemenin zamanı gelmeden {remind} önce size bildiririz.',
    cancel:
      'İstediğiniz zaman iptal edebilirsiniz: hemen ya da ödenmiş sürenin sonunda. Başka bir plan o sürenin sonunda ya da hemen başlar; hemen başlarsa dönemin kalan kısmı ücretinden düşülür.',
    'when.member.plan':
      '{count, plural, =1 {{op, select, is {planınız yoksa} other {bir planınız varsa}}} other {{op, select, is {planınız {value} ise} other {planınız {value} değilse}}}}',
    'when.member.plan_status':
      '{op, select, is {planınızın durumu “{value}” ise} other {planınızın durumu “{value}” değilse}}',
    'when.member.plan_days':
      '{op, select, is {planınızın {value}. gününde} is_not {planınızın {value}. günü dışında} more {planınızın {value}. gününden sonra} at_least {planınızın {value}. gününden başlayarak} less {planınızın ilk {value} gününde} other {planınızın {value}. gününe kadar}}',
    'when.member.plan_period': 'planınızın bir döneminde',
    'when.member.plan_status.none': 'yok',
    'when.member.plan_status.trial': 'deneme',
    'when.member.plan_status.active': 'etkin',
    'when.member.plan_status.grace': 'ek süre',
    'when.member.plan_status.lapsed': 'ödenmediği için bitmiş',
    'when.member.plan_status.ended': 'bitmiş',
    'loss.all': 'Artık plan yok.',
    'loss.plan': '{plan} planı kalkıyor; alanlar ödedikleri sürenin sonuna kadar yararlanır.',
    'loss.life': '{plan} planı kalkıyor, oysa üyeler onu ömür boyu için ödemişti.',
    'loss.fee': '{plan} bir sonraki ödemeden başlayarak daha pahalı.',
    'loss.benefits': '{plan} planından çıkarılanlar: {benefits}.',
    'loss.gift': '{plan} ödemeleri artık yanında bir şey getirmiyor.',
    'loss.refund': '{plan} ödemelerinde daha az geri veriliyor.',
  },
}
