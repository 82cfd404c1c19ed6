"""How mail programs introduce a quote, language by language, written down as they print it. Data for generated mails.

Each row: what a person writes, attribution lines (Gmail, Apple Mail, Thunderbird, Outlook for phones, web mail), the
labels From, Sent, To, Subject of a copied header block, and the words between dashes.
"""
# ruff: noqa: E501, RUF001  lines and letters as the programs print them

from __future__ import annotations

from typing import NamedTuple

NAME, ADDRESS = "Mara Ilves", "mara.ilves@clinic.example"
WHO = f"{NAME} <{ADDRESS}>"


class Habit(NamedTuple):
    """One language."""

    reply: str
    attributions: tuple[str, ...]
    labels: tuple[str, str, str, str]
    original: str


HABITS: dict[str, Habit] = {
    "en": Habit(
        "Thank you, that works for me.\nOn Friday I can come at 10:30.",
        (
            f"On Mon, Feb 3, 2020 at 10:15 AM {WHO} wrote:",
            f"On Feb 3, 2020, at 10:15 AM, {WHO} wrote:",
            f"On 03/02/2020 10:15, {NAME} wrote:",
            f"On Mon, 3 Feb 2020, 10:15 {NAME}, <{ADDRESS}> wrote:",
            f"On Monday, February 3rd, 2020 at 10:15 AM, {NAME} <{ADDRESS}> wrote:",
            f"On Monday, 3 February 2020 at 10:15:41 GMT, {NAME} <{ADDRESS}> wrote:",
            f"---- On Mon, 03 Feb 2020 10:15:36 +0530 {WHO} wrote ----",
            f"On 3 Feb 2020, 10:15 +0100, {WHO}, wrote:",
            f"{NAME} wrote on 2/3/20 10:15 AM:",
        ),
        ("From", "Sent", "To", "Subject"),
        "Original Message",
    ),
    "de": Habit(
        "Vielen Dank, das passt mir gut.\nAm Freitag kann ich um 10:30 Uhr kommen.",
        (
            f"Am Mo., 3. Feb. 2020 um 10:15 Uhr schrieb {WHO}:",
            f"Am 03.02.2020 um 10:15 schrieb {WHO}:",
            f"Am 03.02.20 um 10:15 schrieb {NAME}:",
            f"{WHO} schrieb am Mo., 3. Feb. 2020, 10:15:",
        ),
        ("Von", "Gesendet", "An", "Betreff"),
        "Ursprüngliche Nachricht",
    ),
    "fr": Habit(
        "Merci, cela me convient.\nLe vendredi je peux venir à 10h30.",
        (
            f"Le lun. 3 févr. 2020 à 10:15, {WHO} a écrit :",
            f"Le 3 févr. 2020 à 10:15, {WHO} a écrit :",
            f"Le 03/02/2020 à 10:15, {NAME} a écrit\xa0:",
        ),
        ("De", "Envoyé", "À", "Objet"),
        "Message d'origine",
    ),
    "es": Habit(
        "Gracias, me viene bien.\nEl viernes puedo ir a las 10:30.",
        (
            f"El lun, 3 feb 2020 a las 10:15, {NAME} (<{ADDRESS}>) escribió:",
            f"El 3 feb 2020, a las 10:15, {WHO} escribió:",
            f"El 3/2/20 a las 10:15, {NAME} escribió:",
        ),
        ("De", "Enviado el", "Para", "Asunto"),
        "Mensaje original",
    ),
    "pt": Habit(
        "Obrigado, está bem para mim.\nNa sexta posso ir às 10:30.",
        (
            f"Em seg., 3 de fev. de 2020 às 10:15, {WHO} escreveu:",
            f"No dia 03/02/2020, às 10:15, {WHO} escreveu:",
            f"Em 03/02/2020 10:15, {NAME} escreveu:",
        ),
        ("De", "Enviada em", "Para", "Assunto"),
        "Mensagem original",
    ),
    "it": Habit(
        "Grazie, per me va bene.\nIl venerdì posso venire alle 10:30.",
        (
            f"Il giorno lun 3 feb 2020 alle ore 10:15 {WHO} ha scritto:",
            f"Il giorno 3 feb 2020, alle ore 10:15, {WHO} ha scritto:",
            f"Il 03/02/2020 10:15, {NAME} ha scritto:",
        ),
        ("Da", "Inviato", "A", "Oggetto"),
        "Messaggio originale",
    ),
    "nl": Habit(
        "Dank u, dat komt goed uit.\nOp vrijdag kan ik om 10:30 komen.",
        (
            f"Op ma 3 feb. 2020 om 10:15 schreef {WHO}:",
            f"Op 3 feb. 2020, om 10:15 heeft {WHO} het volgende geschreven:",
            f"Op 03-02-2020 om 10:15 schreef {NAME}:",
        ),
        ("Van", "Verzonden", "Aan", "Onderwerp"),
        "Oorspronkelijk bericht",
    ),
    "da": Habit(
        "Tak, det passer mig fint.\nPå fredag kan jeg komme kl. 10:30.",
        (
            f"Den man. 3. feb. 2020 kl. 10.15 skrev {WHO}:",
            f"Den 3. feb. 2020 kl. 10.15 skrev {WHO}:",
            f"Den 03.02.2020 kl. 10.15 skrev {NAME}:",
        ),
        ("Fra", "Sendt", "Til", "Emne"),
        "Oprindelig meddelelse",
    ),
    "nb": Habit(
        "Takk, det passer fint.\nPå fredag kan jeg komme kl. 10:30.",
        (
            f"man. 3. feb. 2020 kl. 10:15 skrev {WHO}:",
            f"3. feb. 2020 kl. 10:15 skrev {WHO}:",
            f"Den 03.02.2020 10:15, skrev {NAME}:",
        ),
        ("Fra", "Sendt", "Til", "Emne"),
        "Opprinnelig melding",
    ),
    "sv": Habit(
        "Tack, det passar mig bra.\nPå fredag kan jag komma kl 10:30.",
        (
            f"Den mån 3 feb. 2020 kl 10:15 skrev {WHO}:",
            f"3 feb. 2020 kl. 10:15 skrev {WHO}:",
            f"{NAME} skrev den 2020-02-03 10:15:",
        ),
        ("Från", "Skickat", "Till", "Ämne"),
        "Ursprungligt meddelande",
    ),
    "fi": Habit(
        "Kiitos, se sopii minulle.\nPerjantaina pääsen klo 10:30.",
        (
            f"ma 3. helmik. 2020 klo 10.15 {NAME} ({ADDRESS}) kirjoitti:",
            f"{WHO} kirjoitti 3.2.2020 kello 10.15:",
            f"3.2.2020 10.15, {NAME} kirjoitti:",
        ),
        ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
        "Alkuperäinen viesti",
    ),
    "et": Habit(
        "Aitäh, see sobib mulle.\nReedel saan tulla kell 10:30.",
        (
            f"Kasutaja {NAME} (<{ADDRESS}>) kirjutas kuupäeval E, 3. veebruar 2020 kell 10:15:",
            f"{NAME} kirjutas 03.02.2020 kell 10:15:",
        ),
        ("Saatja", "Saadetud", "Adressaat", "Teema"),
        "Algne kiri",
    ),
    "lv": Habit(
        "Paldies, man der.\nPiektdien varu ierasties 10:30.",
        (
            f"pirmd., 2020. g. 3. febr., plkst. 10:15 — lietotājs {NAME} (<{ADDRESS}>) rakstīja:",
            f"{NAME} rakstīja 03.02.2020 10:15:",
        ),
        ("No", "Nosūtīts", "Kam", "Tēma"),
        "Sākotnējais ziņojums",
    ),
    "lt": Habit(
        "Ačiū, man tinka.\nPenktadienį galiu atvykti 10:30.",
        (f"2020-02-03, pr, 10:15 {WHO} rašė:", f"{NAME} rašė 2020-02-03 10:15:"),
        ("Nuo", "Išsiųsta", "Kam", "Tema"),
        "Pradinis pranešimas",
    ),
    "pl": Habit(
        "Dziękuję, to mi pasuje.\nW piątek mogę przyjść o 10:30.",
        (
            f"pon., 3 lut 2020 o 10:15 {WHO} napisał(a):",
            f"Wiadomość napisana przez {WHO} w dniu 3 lut 2020, o godz. 10:15:",
            f"W dniu 03.02.2020 o 10:15, {NAME} pisze:",
            f"Dnia 3 lutego 2020 10:15 {WHO} napisał(a):",
        ),
        ("Od", "Wysłano", "Do", "Temat"),
        "Oryginalna wiadomość",
    ),
    "cs": Habit(
        "Děkuji, to mi vyhovuje.\nV pátek mohu přijít v 10:30.",
        (
            f"po 3. 2. 2020 v 10:15 odesílatel {WHO} napsal:",
            f"3. 2. 2020 v 10:15, {WHO}:",
            f"Dne 03. 02. 20 v 10:15 {NAME} napsal(a):",
            f"---------- Původní e-mail ----------\nOd: {WHO}\nKomu: ja@example.com\nDatum: 3. 2. 2020 10:15:00\nPředmět: Termín",
        ),
        ("Od", "Odesláno", "Komu", "Předmět"),
        "Původní zpráva",
    ),
    "sk": Habit(
        "Ďakujem, vyhovuje mi to.\nV piatok môžem prísť o 10:30.",
        (f"po 3. 2. 2020 o 10:15 {WHO} napísal(a):", f"Dňa 3. 2. 2020 o 10:15 {NAME} napísal(a):"),
        ("Od", "Odoslané", "Komu", "Predmet"),
        "Pôvodná správa",
    ),
    "sl": Habit(
        "Hvala, ustreza mi.\nV petek lahko pridem ob 10:30.",
        (f"V V pon., 3. feb. 2020 ob 10:15 je oseba {WHO} napisala:", f"{NAME} je 3. 02. 2020 ob 10:15 napisal(a):"),
        ("Od", "Poslano", "Za", "Zadeva"),
        "Izvirno sporočilo",
    ),
    "hr": Habit(
        "Hvala, to mi odgovara.\nU petak mogu doći u 10:30.",
        (f"pon, 3. velj 2020. u 10:15 {WHO} napisao je:", f"Dana 03.02.2020. u 10:15, {NAME} je napisao/la:"),
        ("Od", "Poslano", "Prima", "Predmet"),
        "Izvorna poruka",
    ),
    "sr": Habit(
        "Хвала, то ми одговара.\nУ петак могу да дођем у 10:30.",
        (f"пон, 3. феб 2020. у 10:15 {WHO} је написао/ла:", f"Дана 3.2.20. у 10:15, {NAME} је написао/ла:"),
        ("Од", "Послато", "За", "Тема"),
        "Оригинална порука",
    ),
    "bg": Habit(
        "Благодаря, това ме устройва.\nВ петък мога да дойда в 10:30.",
        (f"На пн, 3.02.2020 г. в 10:15 {WHO} написа:", f"На 3.02.20 г. в 10:15 ч., {NAME} написа:"),
        ("От", "Изпратено", "До", "Относно"),
        "Оригинално съобщение",
    ),
    "ru": Habit(
        "Спасибо, мне подходит.\nВ пятницу могу прийти в 10:30.",
        (
            f"пн, 3 февр. 2020 г. в 10:15, {WHO}:",
            f"3 февр. 2020 г., в 10:15, {WHO} написал(а):",
            f"03.02.2020 10:15, {NAME} пишет:",
            f"Понедельник, 3 февраля 2020, 10:15 +03:00 от {WHO}:",
            f'03.02.2020, 10:15, "{NAME}" <{ADDRESS}>:',
        ),
        ("От", "Отправлено", "Кому", "Тема"),
        "Исходное сообщение",
    ),
    "uk": Habit(
        "Дякую, мені підходить.\nУ п'ятницю можу прийти о 10:30.",
        (
            f"пн, 3 лют. 2020 р. о 10:15 {WHO} пише:",
            f"3 лют. 2020 р. о 10:15 {WHO} написав:",
            f"03.02.20 10:15, {NAME} пише:",
        ),
        ("Від", "Надіслано", "Кому", "Тема"),
        "Оригінальне повідомлення",
    ),
    "hu": Habit(
        "Köszönöm, nekem megfelel.\nPénteken 10:30-ra tudok menni.",
        (
            f"{WHO} ezt írta (időpont: 2020. febr. 3., H, 10:15):",
            f"{NAME} <{ADDRESS}> írta (2020. 02. 03. 10:15):",
            f"2020. 02. 03. 10:15 keltezéssel, {NAME} írta:",
        ),
        ("Feladó", "Elküldve", "Címzett", "Tárgy"),
        "Eredeti üzenet",
    ),
    "ro": Habit(
        "Mulțumesc, îmi convine.\nVineri pot veni la 10:30.",
        (
            f"În lun., 3 feb. 2020 la 10:15, {WHO} a scris:",
            f"Pe 3 feb. 2020, la 10:15, {WHO} a scris:",
            f"La 03.02.2020 10:15, {NAME} a scris:",
        ),
        ("De la", "Trimis", "Către", "Subiect"),
        "Mesaj original",
    ),
    "el": Habit(
        "Ευχαριστώ, με βολεύει.\nΤην Παρασκευή μπορώ να έρθω στις 10:30.",
        (
            f"Στις Δευ, 3 Φεβ 2020 στις 10:15 π.μ., ο χρήστης {WHO} έγραψε:",
            f"Στις 3 Φεβ 2020, στις 10:15, ο/η {WHO} έγραψε:",
            f"Στις 3/2/20 10:15, ο/η {NAME} έγραψε:",
        ),
        ("Από", "Στάλθηκε", "Προς", "Θέμα"),
        "Αρχικό μήνυμα",
    ),
    "tr": Habit(
        "Teşekkürler, bana uyar.\nCuma günü 10:30'da gelebilirim.",
        (
            f"{WHO}, 3 Şub 2020 Pzt, 10:15 tarihinde şunu yazdı:",
            f"{WHO} şunları yazdı (3 Şub 2020 10:15):",
            f"03.02.2020 10:15 tarihinde {NAME} yazdı:",
        ),
        ("Kimden", "Gönderildi", "Kime", "Konu"),
        "Özgün İleti",
    ),
    "ca": Habit(
        "Gràcies, em va bé.\nDivendres puc venir a les 10:30.",
        (
            f"Missatge de {WHO} del dia dl., 3 de febr. 2020 a les 10:15:",
            f"El 3 febr. 2020, a les 10:15, {WHO} va escriure:",
            f"El 3/2/20 a les 10:15, {NAME} ha escrit:",
        ),
        ("De", "Enviat", "Per a", "Assumpte"),
        "Missatge original",
    ),
    "he": Habit(
        "תודה, זה מתאים לי.\nביום שישי אוכל להגיע ב-10:30.",
        (
            f"\u202bבתאריך יום ב׳, 3 בפבר׳ 2020 ב-10:15 מאת \u202a{NAME}\u202c\u200f <\u202a{ADDRESS}\u202c\u200f>:\u202c",
            f"ב-3 בפבר׳ 2020, בשעה 10:15, \u200f{WHO} כתב/ה:",
            f"בתאריך 03/02/2020 10:15, {NAME} כתב:",
        ),
        ("מאת", "נשלח", "אל", "נושא"),
        "הודעה מקורית",
    ),
    "ar": Habit(
        "شكرا، هذا يناسبني.\nيمكنني الحضور يوم الجمعة الساعة 10:30.",
        (
            f"في الاثنين، 3 فبراير 2020 في 10:15 ص تمت كتابة ما يلي بواسطة {WHO}:",
            f"في ٣ فبراير ٢٠٢٠، الساعة ١٠:١٥ ص، كتب {WHO}:",
        ),
        ("من", "تاريخ الإرسال", "إلى", "الموضوع"),
        "الرسالة الأصلية",
    ),
    "fa": Habit(
        "ممنون، برای من خوب است.\nجمعه ساعت 10:30 می‌توانم بیایم.",
        (f"در تاریخ دوشنبه ۳ فوریه ۲۰۲۰، ۱۰:۱۵ {WHO} نوشت:",),
        ("از", "ارسال", "به", "موضوع"),
        "پیام اصلی",
    ),
    "hi": Habit(
        "धन्यवाद, यह ठीक है।\nशुक्रवार को 10:30 बजे आ सकता हूँ।",
        (f"सोम, 3 फ़र॰ 2020 को 10:15 am बजे को {WHO} ने लिखा:",),
        ("प्रेषक", "भेजा गया", "प्रति", "विषय"),
        "मूल संदेश",
    ),
    "th": Habit(
        "ขอบคุณค่ะ สะดวกค่ะ\nวันศุกร์มาได้เวลา 10:30",
        (f"ในวันที่ จ. 3 ก.พ. 2020 เวลา 10:15 {WHO} เขียนว่า:", f"เมื่อ 3 ก.พ. 2563 เวลา 10:15 {WHO} เขียนว่า:"),
        ("จาก", "ส่งเมื่อ", "ถึง", "เรื่อง"),
        "ข้อความต้นฉบับ",
    ),
    "vi": Habit(
        "Cảm ơn, tôi đồng ý.\nThứ sáu tôi đến được lúc 10:30.",
        (
            f"Vào Th 2, 3 thg 2, 2020 vào lúc 10:15 {WHO} đã viết:",
            f"Vào 10:15, T.2, 3 Th2, 2020 {WHO} đã viết:",
            f"Vào 03/02/2020 10:15 SA, {NAME} viết:",
        ),
        ("Từ", "Đã gửi", "Tới", "Chủ đề"),
        "Thư gốc",
    ),
    "id": Habit(
        "Terima kasih, itu cocok.\nHari Jumat saya bisa datang pukul 10.30.",
        (f"Pada tanggal Sen, 3 Feb 2020 pukul 10.15 {WHO} menulis:", f"Pada 03/02/2020 10.15, {NAME} menulis:"),
        ("Dari", "Dikirim", "Kepada", "Subjek"),
        "Pesan asli",
    ),
    "zh-CN": Habit(
        "谢谢，这个时间可以。\n星期五10:30我能来。",
        (
            f"{WHO} 于2020年2月3日周一 上午10:15写道：",
            f"在 2020年2月3日，上午10:15，{WHO} 写道：",
            f"在 2020/2/3 10:15, {NAME} 写道:",
            f'At 2020-02-03 10:15:36, "{NAME}" <{ADDRESS}> wrote:',
        ),
        ("发件人", "发送时间", "收件人", "主题"),
        "原始邮件",
    ),
    "zh-TW": Habit(
        "謝謝，這個時間可以。\n星期五10:30我能來。",
        (f"{WHO} 於 2020年2月3日 週一 上午10:15寫道：", f"於 2020/2/3 10:15, {NAME} 提到:"),
        ("寄件者", "寄件日期", "收件者", "主旨"),
        "原始郵件",
    ),
    "ja": Habit(
        "ありがとうございます。大丈夫です。\n金曜日の10:30に伺えます。",
        (
            f"2020年2月3日(月) 10:15 {WHO}:",
            f"2020/02/03 10:15、{WHO}のメール:",
            f"On 2020/02/03 10:15, {NAME} wrote:",
        ),
        ("差出人", "送信日時", "宛先", "件名"),
        "元のメッセージ",
    ),
    "ko": Habit(
        "감사합니다. 괜찮습니다.\n금요일 10:30에 갈 수 있습니다.",
        (
            f"2020년 2월 3일 (월) 오전 10:15, {NAME} <{ADDRESS}>님이 작성:",
            f"2020. 2. 3. 오전 10:15, {WHO} 작성:",
            f"2020-02-03 10:15에 {NAME} 이(가) 쓴 글:",
        ),
        ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
        "원본 메시지",
    ),
}

#: Introductions as single programs print them, whatever the language; below each the old text stands unquoted or quoted.
PROGRAMS: dict[str, str] = {
    "notes": f"-----{NAME}/CLINIC wrote: -----\nTo: me@example.com\nFrom: {NAME}/CLINIC\nDate: 02/03/2020 10:15AM\nSubject: Visit",
    "spark": f"On 3 Feb 2020, 10:15 AM +0100, {WHO}, wrote:",
    "front": f"On February 3, 2020, 10:15 AM GMT+1 {ADDRESS} wrote:",
    "superhuman": f"On Mon, Feb 03, 2020 at 10:15 AM, {NAME} < {ADDRESS} > wrote:",
    "yandex": f'03.02.2020, 10:15, "{NAME}" <{ADDRESS}>:',
    "qq": f'------------------ 原始邮件 ------------------\n发件人: "{NAME}"<{ADDRESS}>;\n发送时间: 2020年2月3日(星期一) 上午10:15\n收件人: "me"<me@example.com>;\n主题: Visit',
    "qq_english": f'------------------ Original ------------------\nFrom: "{NAME}"<{ADDRESS}>;\nDate: Mon, Feb 3, 2020 10:15 AM\nTo: "me"<me@example.com>;\nSubject: Visit',
    "em_client": f'------ Original Message ------\nFrom "{NAME}" <{ADDRESS}>\nTo me@example.com\nDate 03.02.2020 10:15:36\nSubject Visit',
    "fastmail": f"On Mon, 3 Feb 2020, at 10:15 AM, {NAME} wrote:",
    "roundcube": f"Am 2020-02-03 10:15, schrieb {NAME}:",
    "squirrel": f"On Mon, February 3, 2020 10:15 am, {NAME} wrote:",
    "mutt": f"On Mon, Feb 03, 2020 at 10:15:36AM +0100, {NAME} wrote:",
    "kmail": f"On Monday, 3 February 2020 10:15:36 CET {NAME} wrote:",
    "kmail_de": f"Am Montag, 3. Februar 2020, 10:15:36 CET schrieb {NAME}:",
    "evolution": f"On Mon, 2020-02-03 at 10:15 +0100, {NAME} wrote:",
    "evolution_de": f"Am Montag, dem 03.02.2020 um 10:15 +0100 schrieb {NAME}:",
    "groups": f"On Monday, February 3, 2020 at 10:15:36 AM UTC+1 {NAME} wrote:",
    "k9": f"Am 3. Februar 2020 10:15:36 MEZ schrieb {WHO}:",
    "bluemail": f"On Feb 3, 2020, at 10:15, {WHO} wrote:",
    "hushmail": f'On 2/3/2020 at 10:15 AM, "{NAME}" wrote:',
    "yahoo_app": f"On Mon, Feb 3, 2020 at 10:15 AM, {NAME}\n<{ADDRESS}> wrote:",
    "no_year": f"On Mon, Feb 3 at 10:15 AM, {NAME} wrote:",
    "no_year_de": f"Am 3. Februar um 10:15 schrieb {NAME}:",
    "windows_phone": f"Von: {NAME}\nGesendet: \u200e03.\u200e02.\u200e2020 10:15\nAn: me@example.com\nBetreff: Visit",
    "mailto": f"From: {NAME} [mailto:{ADDRESS}] \nSent: Monday, February 03, 2020 10:15 AM\nTo: me\nSubject: Visit",
    "one_line": f"From: {NAME} <{ADDRESS}> Sent: Monday, February 3, 2020 10:15 AM To: me@example.com Subject: Visit",
    "blank_between": f"From: {NAME}\n\nSent: Monday, February 3, 2020 10:15 AM\n\nTo: me\n\nSubject: Visit",
    "samsung": f"-------- Original message --------\nFrom: {WHO}\nDate: 2/3/20 10:15 AM (GMT+01:00)\nTo: me@example.com\nSubject: Visit",
    "samsung_de": f"-------- Ursprüngliche Nachricht --------\nVon: {WHO}\nDatum: 03.02.20 10:15 (GMT+01:00)\nAn: me@example.com\nBetreff: Visit",
    "forwarded": f"---------- Forwarded message ---------\nFrom: {WHO}\nDate: Mon, Feb 3, 2020 at 10:15 AM\nSubject: Visit\nTo: <me@example.com>",
    "apple_forward": f"Begin forwarded message:\n\nFrom: {WHO}\nSubject: Visit\nDate: 3 February 2020 at 10:15:36 CET\nTo: me@example.com",
    "upper_case": f"FROM: {NAME} <{ADDRESS}>\nSENT: Monday, February 3, 2020\nTO: me@example.com\nSUBJECT: Visit",
    "bold_colon_out": f"**From**: {NAME} <{ADDRESS}>\n**Sent**: Monday, February 3, 2020\n**To**: me@example.com\n**Subject**: Visit",
    "above_line": "##- Please type your reply above this line -##",
    "trailing_spaces": f"On Mon, Feb 3, 2020 at 10:15 AM {WHO} wrote:  ",
    "nbsp": f"Le\xa0lun. 3 févr. 2020 à\xa010:15, {WHO} a écrit\xa0:",
    "broken_address": f"On Mon, Feb 3, 2020 at 10:15 AM {NAME} <\n{ADDRESS}> wrote:",
    "broken_before_mark": f"On Mon, Feb 3, 2020 at 10:15 AM {NAME} <{ADDRESS}\n> wrote:",
    "linked_address": f"On Mon, Feb 3, 2020 at 10:15 AM {NAME} <{ADDRESS}<mailto:{ADDRESS}>> wrote:",
    "linked_markdown": f"On Mon, Feb 3, 2020 at 10:15 AM {NAME} <[{ADDRESS}](mailto:{ADDRESS})> wrote:",
}

#: Introductions that are known by the quote marks below them only.
PROGRAMS_QUOTED: dict[str, str] = {
    "horde": f"Quoting {WHO}:",
    "horde_de": f"Zitat von {WHO}:",
    "mutt_short": f"* {WHO} [2020-02-03 10:15]:",
    "gnus": f"{NAME} writes:",
    "gnus_address": f"{WHO} writes:",
    "name": f"{NAME} wrote:",
    "name_de": f"{NAME} schrieb:",
    "dashed_name": f"---- {NAME} wrote ----",
    "date_name": f"2020-02-03 10:15 GMT+01:00 {WHO}:",
    "no_colon": f"On Feb 3, 2020, {NAME} wrote",
    "no_verb": f"On 03/02/20 10:15, {NAME}:",
}
