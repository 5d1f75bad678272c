/** What the members' terms say of the program itself, in each language: see wording.ts. */

import type { Words } from './feature.ts'

export const WORDS_OF_THE_CORE: Words = {
  en: {
    terms: 'Members’ terms',
    points_of_money: '{amount} ({name})',
    points: '{count, plural, one {{amount} {one}} other {{amount} {many}}}',
    since: 'In force since {since}. Revision {revision}.',
    coming: 'In force from {since} on. Revision {revision}.',
    next: 'From {next} on other terms hold.',
    for_all: 'Everybody',
    for_some: 'Members of {who}',

    'diff.none': 'Nothing changes.',
    'diff.before': 'was:',
    'diff.after': 'is: ',
    'diff.keeps_end': 'What is earned already keeps the end that it was given.',
    'diff.settings': 'In the file besides, and not in the members’ terms',
    'diff.losses': 'What members have earned or were promised and would not have any more',
    'diff.meant': '(said to be meant)',
    'diff.not_meant': '(not said to be meant)',

    'title.program': 'The program',
    'title.points': 'How long what you collect lasts',
    'title.returns': 'When you return something',
    'title.data': 'Your data',

    program: 'These are the terms of {name}, as they are kept by the system that runs it.',
    money: 'Amounts of money are in {currency}. Days, weeks, months and years begin and end in the time zone {zone}.',
    late: 'A purchase that we learn of late is counted as of the day it was made, up to {late} later.',

    expiry_never: 'What you have collected as {points} does not expire.',
    expiry_after:
      'What you earn as {points} lasts {after} from that day{until, select, day {} other { and then to the end of that {until, select, month {month} quarter {quarter} other {year}}}}.',
    expiry_on: 'What you earn as {points} lasts until the next {on}, that day included.',
    expiry_after_on:
      'What you earn as {points} lasts at least {after}, and then until the next {on}, that day included.',
    inactive:
      'What you have collected as {points} lasts as long as you are active: {by} keeps all of it for another {inactive}{until, select, day {} other {, to the end of that {until, select, month {month} quarter {quarter} other {year}}}}.',
    inactive_too:
      'After that it lasts as long as you are active: {by} keeps all of it for another {inactive}{until, select, day {} other {, to the end of that {until, select, month {month} quarter {quarter} other {year}}}}.',
    in_level: 'For what you earn at the level {level} this holds instead.',
    warned: 'We tell you {before} before what you have collected as {points} expires.',
    spend_soonest: 'When you spend, what expires soonest goes first.',
    spend_first: 'When you spend, what you earned first goes first.',

    'active.order': 'a purchase',
    'active.visit': 'a visit',
    'active.action': 'anything else that the program counts',
    'active.redeem': 'using a reward',

    returns_earned: 'When you return something, we take back what it earned, as if you had bought only what you keep.',
    returns_allowed:
      'What we take back as {points} and you have spent already you owe; what you earn next pays it back.',
    returns_stop_at_zero:
      'Where you have spent already what we take back as {points}, your balance goes down to zero and no further.',
    returns_pending_only:
      'Of {points} we take back only what is still pending; what you could spend already stays yours.',
    restore_proportional:
      'What you spent on a purchase as {points} comes back with what you return of it, in proportion.',
    restore_when_nothing_remains:
      'What you spent on a purchase as {points} comes back once you have returned all of it.',
    returns_window: 'We count on returns for {window} after a purchase.',

    data_copy: 'You can have a copy of all that is kept about you, and a proof of your balance, at any time.',
    data_erase: 'You can have your data erased. Your membership ends with that, and what you have collected with it.',

    'when.group': '({clauses})',
    'when.other': 'if this holds: {condition}',

    'bound.levels': 'For members of {levels}.',
    'bound.only': 'Only {condition}.',
    'bound.min_spend': 'Only with a purchase of {amount} or more.',
    'bound.limit':
      'At most {times, plural, one {once} =2 {twice} other {# times}} {per, select, day {a day} week {a week} month {a month} quarter {a quarter} year {a year} other {in all}}.',
    'bound.locations': 'Only at {locations}.',
    'bound.from': 'From {from}.',
    'bound.until': 'Until {until}.',

    'gives.amount_off': 'You get {amount} off{named, select, yes { {what}} other { your purchase}}.',
    'gives.percent_off': 'You get {share} off{named, select, yes { {what}} other { your purchase}}.',
    'gives.free_item':
      '{named, select, yes {One item from {what}} other {One item}} of your purchase is free{takes, select, cheapest {: the cheapest} first {} other {: the dearest}}.',
    'gives.buy_get':
      'Buy {buy} {bought_named, select, yes {from {bought}} other {{buy, plural, one {item} other {items}}}} and get {get} {given_named, select, yes {from {given}} other {{get, plural, one {item} other {items}}}} {free, select, yes {free} other {{share} cheaper}}.',
    'gives.free_shipping': 'Shipping is free.',
    'gives.prices': 'Members’ prices: {prices}.',
    'gives.price': '{item} for {price}',
    'gives.up_to': 'Worth up to {amount}.',
    'gives.thing':
      'You get {kind, select, gift {a gift} experience {an experience} donation {a donation in your name} service {a service} early_access {early access} other {what its name says}}.',
    'gives.code': 'You get a code to use with a partner.',
    'gives.points': 'You get {points}.',
    'gives.credit': 'You get {amount} of credit.',
    'gives.entry': 'You get {count, plural, one {an entry} other {# entries}} in the draw “{draw}”.',
    'gives.perk': 'You get “{perk}” {count, plural, one {once} =2 {twice} other {# times}}.',

    'loss.wallet': 'The wallet {name} is gone, and with it what members hold in it.',
    'loss.inactivity': '{name} that members keep by being active end sooner than they were told.',
    'loss.warned': 'Members are no longer told {before} before their {name} expire.',
  },
  tr: {
    terms: 'Üyelik koşulları',
    points_of_money: '{amount} ({name})',
    points: '{amount} {many}',
    since: 'Yürürlük tarihi: {since}. Sürüm {revision}.',
    coming: 'Yürürlüğe gireceği tarih: {since}. Sürüm {revision}.',
    next: 'Koşulların değişeceği tarih: {next}.',
    for_all: 'Herkes',
    for_some: '{who} üyeleri',

    'diff.none': 'Hiçbir şey değişmiyor.',
    'diff.before': 'eski:',
    'diff.after': 'yeni:',
    'diff.keeps_end': 'Kazanılmış olanlar, kendilerine verilen süreyi korur.',
    'diff.settings': 'Bunların dışında dosyada değişip üyelik koşullarında yer almayanlar',
    'diff.losses': 'Üyelerin kazandığı ya da onlara söz verilen ve artık olmayacaklar',
    'diff.meant': '(bilerek yapıldığı belirtilmiş)',
    'diff.not_meant': '(bilerek yapıldığı belirtilmemiş)',

    'title.program': 'Program',
    'title.points': 'Biriktirdikleriniz ne kadar süre geçerli',
    'title.returns': 'İade ettiğinizde',
    'title.data': 'Verileriniz',

    program: 'Bunlar {name} programının koşullarıdır; programı yürüten sistemde tam olarak bu biçimde uygulanır.',
    money:
      'Para tutarları {currency} cinsindendir. Gün, hafta, ay ve yıllar {zone} saat dilimine göre başlar ve biter.',
    late: 'Bize geç bildirilen bir alışveriş, üzerinden en çok {late} geçmişse yapıldığı günün tarihiyle sayılır.',

    expiry_never: 'Biriktirdikleriniz ({points}) süresizdir.',
    expiry_after:
      '{points}, kazandığınız günden başlayarak {after}{until, select, day {} other { ve ardından o {until, select, month {ayın} quarter {çeyreğin} other {yılın}} sonuna kadar}} geçerlidir.',
    expiry_on: '{points}, bir sonraki {on} gününün sonuna kadar geçerlidir.',
    expiry_after_on: '{points} en az {after}, ardından bir sonraki {on} gününün sonuna kadar geçerlidir.',
    inactive:
      '{points}, siz etkin kaldıkça geçerlidir: {by} hepsini {inactive} daha{until, select, day {} other {, o {until, select, month {ayın} quarter {çeyreğin} other {yılın}} sonuna kadar,}} korur.',
    inactive_too:
      'Bu sürenin sonunda da siz etkin kaldıkça geçerlidir: {by} hepsini {inactive} daha{until, select, day {} other {, o {until, select, month {ayın} quarter {çeyreğin} other {yılın}} sonuna kadar,}} korur.',
    in_level: '{level} seviyesindeyken kazandıklarınız için bunun yerine şu geçerlidir.',
    warned: 'Biriktirdiklerinizin ({points}) süresi dolmadan {before} önce size haber veririz.',
    spend_soonest: 'Harcarken önce süresi en yakında dolacak olanlar kullanılır.',
    spend_first: 'Harcarken önce ilk kazandıklarınız kullanılır.',

    'active.order': 'bir alışveriş',
    'active.visit': 'bir ziyaret',
    'active.action': 'programın saydığı başka bir işlem',
    'active.redeem': 'bir ödülün kullanılması',

    returns_earned:
      'Bir şeyi iade ettiğinizde, yalnızca elinizde kalanları almışsınız gibi hesaplar, iade edilenin kazandırdığını geri alırız.',
    returns_allowed:
      'Geri alınacak {points} harcanmışsa bunu borçlanırsınız; bundan sonra kazandıklarınız önce bu borcu kapatır.',
    returns_stop_at_zero: 'Geri alınacak {points} harcanmışsa bakiyeniz sıfıra kadar iner, daha aşağı inmez.',
    returns_pending_only:
      '{points} için yalnızca henüz bekleyenler geri alınır; harcayabilir duruma gelenler sizde kalır.',
    restore_proportional: 'Alışverişte harcadığınız {points}, iade ettiğiniz bölümle orantılı olarak geri verilir.',
    restore_when_nothing_remains:
      'Alışverişte harcadığınız {points}, alışverişin tamamını iade ettiğinizde geri verilir.',
    returns_window: 'İadeler için alışverişten sonra {window} beklenir.',

    data_copy: 'Hakkınızda tutulan her şeyin bir kopyasını ve bakiyenizin kanıtını istediğiniz zaman alabilirsiniz.',
    data_erase:
      'Verilerinizin silinmesini isteyebilirsiniz. Bununla üyeliğiniz sona erer ve biriktirdikleriniz silinir.',

    'when.group': '({clauses})',
    'when.other': 'şu koşul sağlanırsa: {condition}',

    'bound.levels': 'Geçerli olduğu seviyeler: {levels}.',
    'bound.only': 'Yalnızca {condition} geçerlidir.',
    'bound.min_spend': 'Yalnızca {amount} ve üzeri alışverişlerde geçerlidir.',
    'bound.limit':
      '{per, select, day {Günde} week {Haftada} month {Ayda} quarter {Üç ayda} year {Yılda} other {Toplamda}} en çok {times} kez.',
    'bound.locations': 'Yalnızca şu şubelerde: {locations}.',
    'bound.from': 'Başlangıç: {from}.',
    'bound.until': 'Bitiş: {until}.',

    'gives.amount_off':
      '{named, select, yes {Şunlarda {amount} indirim kazanırsınız: {what}} other {Alışverişinizde {amount} indirim kazanırsınız}}.',
    'gives.percent_off':
      '{named, select, yes {Şunlarda {share} indirim kazanırsınız: {what}} other {Alışverişinizde {share} indirim kazanırsınız}}.',
    'gives.free_item':
      'Alışverişinizdeki {named, select, yes {“{what}” türünden bir ürün} other {bir ürün}} bedavadır{takes, select, cheapest {; en ucuzu seçilir} first {} other {; en pahalısı seçilir}}.',
    'gives.buy_get':
      '{bought_named, select, yes {“{bought}” türünden {buy}} other {{buy}}} ürün alana {given_named, select, yes {“{given}” türünden {get}} other {{get}}} ürün {free, select, yes {bedava} other {{share} indirimli}}.',
    'gives.free_shipping': 'Kargo bedavadır.',
    'gives.prices': 'Üyelere özel fiyatlar: {prices}.',
    'gives.price': '{item}: {price}',
    'gives.up_to': 'En çok {amount} değerindedir.',
    'gives.thing':
      '{kind, select, gift {Bir hediye} experience {Bir deneyim} donation {Adınıza bir bağış} service {Bir hizmet} early_access {Erken erişim} other {Adında belirtileni}} alırsınız.',
    'gives.code': 'Bir iş ortağında kullanacağınız bir kod kazanırsınız.',
    'gives.points': '{points} kazanırsınız.',
    'gives.credit': '{amount} bakiye kazanırsınız.',
    'gives.entry': '“{draw}” çekilişinde {count, number} katılım hakkı kazanırsınız.',
    'gives.perk': '“{perk}” ayrıcalığını {count, number} kez kazanırsınız.',

    'loss.wallet': '{name} cüzdanı ve üyelerin içinde tuttukları kalkıyor.',
    'loss.inactivity': 'Etkin kalarak korunan {name}, üyelere söylenenden daha erken sona eriyor.',
    'loss.warned': 'Üyelere {name} sona ermeden {before} önce artık haber verilmiyor.',
  },
}
