/** What members are told of challenges and badges, in each language. */

import type { Words } from '../../core/feature.ts'

export const words: Words = {
  en: {
    title: 'Challenges',
    goal: 'It takes {what}{every, select, day { within a day} week { within a week} month { within a month} quarter { within a quarter} year { within a year} other {}}.',
    streak:
      'It takes {what} in each of {count} {every, select, day {days} week {weeks} month {months} quarter {quarters} other {years}} in a row{forgives, plural, =0 {} one {; one may be missed} other {; # may be missed}}.',
    quest:
      '{needs, select, any {One of these is enough} other {It takes all of these}}: {goals}{every, select, day {, within a day} week {, within a week} month {, within a month} quarter {, within a quarter} year {, within a year} other {}}.',
    measure:
      '{of, select, spend {{amount} spent, before tax} points {{points} earned} items {{count, plural, one {# item} other {# items}}} categories {{count, plural, one {# kind} other {# different kinds}}} products {{count, plural, one {# product} other {# different products}}} shops {{count, plural, one {# of our shops} other {# of our shops}}} visits {{count, plural, one {# visit} other {# visits}}} actions {{count, plural, one {doing it once} other {doing it # times}}} other {{count, plural, one {# purchase} other {# purchases}}}}',
    only: 'Only {condition}.',
    counts: 'This counts: {what}.',
    without: 'This does not count: {what}.',
    min_spend: 'Only with a purchase of {amount} or more, tax included.',
    limit:
      'At most this counts {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}: {what}.',
    limit_times:
      'It counts at most {count, plural, one {once} =2 {twice} other {# times}} {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}.',
    in_order: 'One after the other: what happens before its turn does not count.',
    from: 'From {day}.',
    until: 'Until {day}, that day included.',
    joined: 'It counts once you have joined.',
    head_start: 'Everybody begins with {what}.',
    times: 'It can be done {count, plural, one {once} =2 {twice} other {# times}} in all.',
    won: 'Whoever does it gets {what}.',
    step: 'On the way, at {at}: {what}.',
    a_reward: '“{reward}”',
    a_badge: 'the badge “{badge}”',
    returned:
      'What you return counts no more. A reward that you have reached by it is taken back while it is not used; after that, the next one makes up for it.',
    'loss.gone': 'The challenge “{challenge}” is gone, also for those who are on their way.',
    'loss.target': 'The challenge “{challenge}” takes more, or something else, than members were told.',
    'loss.prizes': 'The challenge “{challenge}” gives less, or something else, than members were told.',
    'loss.until': 'The challenge “{challenge}” is over sooner.',
  },
  tr: {
    title: 'Meydan okumalar',
    goal: 'Gereken: {every, select, day {bir gün içinde } week {bir hafta içinde } month {bir ay içinde } quarter {üç ay içinde } year {bir yıl içinde } other {}}{what}.',
    streak:
      'Gereken: üst üste {count, number} {every, select, day {gün} week {hafta} month {ay} quarter {çeyrek} other {yıl}} boyunca her seferinde {what}{forgives, plural, =0 {} other {; arada # tanesi atlanabilir}}.',
    quest:
      '{needs, select, any {Şunlardan biri yeter} other {Şunların hepsi gerekir}}: {goals}{every, select, day {; bir gün içinde} week {; bir hafta içinde} month {; bir ay içinde} quarter {; üç ay içinde} year {; bir yıl içinde} other {}}.',
    measure:
      '{of, select, spend {vergisiz {amount} harcama} points {kazanılmış {points}} items {{count, number} ürün} categories {{count, number} ayrı ürün türü} products {{count, number} ayrı ürün} shops {{count, number} ayrı şube} visits {{count, number} ziyaret} actions {{count, number} kez yapmak} other {{count, number} alışveriş}}',
    only: 'Yalnızca {condition} geçerlidir.',
    counts: 'Sayılanlar: {what}.',
    without: 'Sayılmayanlar: {what}.',
    min_spend: 'Yalnızca vergi dahil {amount} ve üzeri alışverişler sayılır.',
    limit:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} en çok sayılan: {what}.',
    limit_times:
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} en çok {count, number} kez sayılır.',
    in_order: 'Sırayla: sırası gelmeden yapılan sayılmaz.',
    from: 'Başlangıç: {day}.',
    until: 'Son gün: {day}.',
    joined: 'Katıldığınız andan itibaren sayılır.',
    head_start: 'Herkesin başlangıç payı: {what}.',
    times: 'Toplamda en çok {count, number} kez yapılabilir.',
    won: 'Başaran şunu kazanır: {what}.',
    step: 'Yolda, şuna ulaşınca ({at}): {what}.',
    a_reward: '“{reward}”',
    a_badge: '“{badge}” rozeti',
    returned:
      'İade ettiğiniz alışveriş artık sayılmaz. Onunla ulaştığınız ödül kullanılmadıysa geri alınır; kullanıldıysa bir sonraki ödülün yerine geçer.',
    'loss.gone': '“{challenge}” meydan okuması, başlamış olanlar için de kalkıyor.',
    'loss.target': '“{challenge}” meydan okuması, üyelere söylenenden fazlasını ya da başkasını gerektiriyor.',
    'loss.prizes': '“{challenge}” meydan okuması, üyelere söylenenden azını ya da başkasını veriyor.',
    'loss.until': '“{challenge}” meydan okuması daha erken bitiyor.',
  },
}

export const badgeWords: Words = {
  en: {
    title: 'Badges',
    'when.member.badges': '{op, select, has {with the badge “{value}”} other {without the badge “{value}”}}',
  },
  tr: {
    title: 'Rozetler',
    'when.member.badges': '{op, select, has {“{value}” rozetiniz varsa} other {“{value}” rozetiniz yoksa}}',
  },
}
