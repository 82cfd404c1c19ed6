"""The words that mail programs put around what they quote, in the languages they speak. Data only; nothing is judged.

VERBS say "wrote" in an attribution line, ON begins one, LABELS head the lines of a copied header block, MESSAGE_STEMS
stand between dashes ("Original Message"), FORWARD_LINES announce a forwarded mail, DEVICES and SENT_FROM make the line
that a telephone signs with. From the programs' own translations; casefolded but for ON. Shape is relied on first.
"""
# ruff: noqa: RUF001  letters of other scripts are meant

from __future__ import annotations

#: "wrote", where words have borders
VERBS = (
    "wrote|quoth|spake|writes|has written|said|sent|schrieb|schreibt|schrieben|geschrieben|a écrit|ecrit|"
    "écrivait|escribió|escribio|escribe|escribía|escreveu|escreve|ha scritto|scritto|scrisse|scrive|"
    "schreef|geschreven|schrijft|skrev|skreiv|skriver|skrifaði|kirjoitti|kirjutas|rakstīja|rašė|"
    "parašė|napisał|napisała|napisano|napisana|napisane|pisze|napsal|napsala|píše|napísal|napísala|"
    "napisal|napisala|napisao|piše|написао|написала|написал|написа|пишет|писал|писала|пише|написав|"
    "писав|напиша|напісаў|піша|írta|írt|ezt írta|a scris|scris|έγραψε|έγραψαν|γράφει|yazdı|"
    "şunu yazdı|şunları yazdı|yazmış|יצר|כתב|כתבה|כתב/ה|מאת|كتب|كتبت|كتابة|أرسل|نوشت|نوشته|لکھا|लिखा|"
    "लिहिले|লিখেছেন|எழுதியது|எழுதினார்|వ్రాశారు|రాశారు|ബന്ധപ്പെട്ടു|ಬರೆದಿದ್ದಾರೆ|લખ્યું|viết|menulis|"
    "tulis|sumulat|va escriure|ha escrit|va escriure el|idatzi|idatzi du|escribiu|aliandika|geskryf|"
    "shkroi|დაწერა|գրեց|жазды|ysgrifennodd|scríobh|scrìobh|skribis|skrev så här|raksta|rašo|kirjutab|"
    "kirjoittaa|skrifar|напиша|sinulat ni|isinulat|aliandika|shkruan|писао|писала|напісала|նամակ|ತಿಳಿಸಿದ್ದಾರೆ|"
    "kiteb|kitbet|geschriwwen|escrich|skrivaði|wabhala|wabhalile|ubhale|yozdi|yazıb|бичсэн|жазган|навишт|ጽፏል|ጻፈ|"
    "लेख्नुभयो|ਲਿਖਿਆ|എഴുതി|ලිවීය|ලියා ඇත"
)
#: "wrote", where they have none
VERBS_UNSPACED = (
    "写道|寫道|撰写|撰寫|提到|來信|来信|写信|寫信|写到|さんは書きました|書きました|書いた|のメール|作成|"
    "작성|쓴 글|씀|썼습니다|썼다|보낸 메일|เขียน|សរសេរ|ຂຽນ|ຂຽນວ່າ|ရေးသားခဲ့သည်|ရေးခဲ့သည်|գրել է|գրեց"
)
#: What an attribution begins with before its date
ON = (
    "On|At|Le|El|Am|Op|Il|Il giorno|Em|No dia|Den|Dne|Dňa|Dnia|W dniu|På|Στις|На|В|Від|Vào|Vào lúc|Pada|"
    "Pada tanggal|La|Pe|În|U|Dana|V|A|El dia|Els|ב|בתאריך|في|در|ในวันที่|เมื่อ|于|於|在|Kasutaja|Missatge de|Ar|Kun|"
    "Mensaje de|Message de|Lo|Fit|Je|Ngo|ໃນວັນທີ|នៅ"
)
#: The writer of a text, where words have borders; lower case is meant, names have capitals
FIRST_PERSON = (
    "I|me|us|my|our|ich|mir|mich|uns|moi|nous|m['\u2019]\\w+|yo|nos|mí|mim|eu|io|mi|ci|ik|mij|jag|mig|oss|"
    "jeg|meg|os|minulle|meille|mnie|nam|mně|mne|nám|nekem|nekünk|mi-a|îmi|meni|nama|мне|нам|мені|ми|мени|ни|μου|μας|"
    "bana|bize|לי|לנו|لي|لنا|برایم|मुझे|हमें|tôi|saya|kami|저에게|나에게|제게|우리에게|mums|mulle|meile|okkur"
)
#: One word of lower case, with its full stop before a date: a day of the week in short ("tor. 6. maj"), but for these
SHORT_ANSWERS = frozenset(
    (
        "ok",
        "okay",
        "ja",
        "jo",
        "nej",
        "nei",
        "no",
        "yes",
        "si",
        "sí",
        "sì",
        "oui",
        "non",
        "sim",
        "tak",
        "nie",
        "ne",
        "da",
        "да",
    )
)
#: Words whose full stop ends no sentence
ABBREVIATED = frozenset(
    (
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "sr",
        "sra",
        "jr",
        "st",
        "ing",
        "mag",
        "dipl",
        "hr",
        "fr",
        "inc",
        "ltd",
        "co",
        "corp",
    )
)
#: What heads a line of a copied header block, by its role
LABELS: dict[str, str] = {
    "from": (
        "daripada|nga|ад|থেকে|منجانب|அனுப்புநர்|ვისგან|mula kay|kutoka|oddi wrth|שולח|"
        "from|von|de|expéditeur|da|van|od|fra|från|frá|lähettäjä|keneltä|feladó|от|от кого|від|"
        "від кого|adresant|odesílatel|odosielateľ|remitente|remetente|mittente|afzender|absender|"
        "avsändare|avsender|afsender|sender|expeditor|de la|από|kimden|gönderen|מאת|من|از|فرستنده|"
        "von:|发件人|寄件者|寄件人|發件人|差出人|送信者|送信元|보낸 사람|보낸사람|발신|발신인|từ|người gửi|"
        "dari|pengirim|จาก|saatja|"
        "kellelt|no|sūtītājs|nuo|siuntėjas|pošiljatelj|pošiljalac|šalje|šalje:|шаље|од|пошиљалац|"
        "відправник|отправитель|изпращач|подател|nadawca|nuo:|प्रेषक|से|mula sa|nork|igorlea|"
        "reply from|autor|auteur|author"
    ),
    "date": (
        "dihantar|dërguar|data e dërgimit|адпраўлена|испратено|gestuur|পাঠানো হয়েছে|بھیجا گیا|அனுப்பியது|გაგზავნილია|"
        "ipinadala|iliyotumwa|tarehe|anfonwyd|dyddiad|"
        "saatmisaeg|изпратено на|enviado a las|sendedatum|gesendet um|"
        "date|sent|sent at|sent on|date sent|datum|gesendet|gesendet am|datum/zeit|envoyé|envoyé le|"
        "date d.envoi|fecha|enviado|enviado el|enviada em|enviado em|enviada|enviat|data|data invio|"
        "inviato|inviato il|verzonden|verstuurd|verzonden op|dato|sendt|skickat|skickat den|"
        "skickades|sendt den|lähetetty|päivä|päiväys|pvm|pvm.|elküldve|dátum|küldve|küldés|дата|"
        "отправлено|дата отправки|надіслано|дата надсилання|відправлено|изпратено|wysłano|wysłane|"
        "data wysłania|odesláno|odoslané|odoslaný|poslané|datum i vreme|dana|poslano|poslato|послато|"
        "датум|trimis|ημερομηνία|εστάλη|στάλθηκε|tarih|gönderilme tarihi|gönderildi|gönderme tarihi|"
        "gönderilen|נשלח|תאריך|التاريخ|تاريخ الإرسال|تاريخ|أرسلت|تم الإرسال|مرسل|تاریخ|ارسال|送信日時|日時|"
        "日付|发送时间|發送時間|发送日期|时间|時間|日期|寄件日期|傳送時間|已发送|보낸 날짜|보냄|날짜|"
        "보낸날짜|ngày|đã gửi|gửi lúc|thời gian|"
        "tanggal|dikirim|terkirim|วันที่|ส่งเมื่อ|ส่ง|saadetud|kuupäev|datums|nosūtīts|sūtīts|"
        "išsiųsta|data:|tarihinde|दिनांक|भेजा गया|petsa|bidalia|sendt:|when"
    ),
    "to": (
        "për|каму|প্রতি|بنام|பெறுநர்|ვის|para kay|kwa|"
        "to|an|à|a|para|pour|destinataire|destinataires|aan|til|till|kopf|do|komu|vastaanottaja|"
        "saaja|kenelle|címzett|címzettek|кому|до|получатель|одержувач|одержувачі|получатели|до кого|"
        "dla|adresat|pre|príjemca|příjemce|za|prima|prejemnik|primatelj|primalac|za:|за|прима|către|"
        "catre|pentru|către:|προς|kime|alıcı|kime:|אל|نمازی|إلى|الى|به|گیرنده|收件人|收件者|宛先|받는 사람|받는사람|"
        "수신|수신인|đến|tới|người nhận|kepada|ke|untuk|ถึง|saajad|kam|saņēmējs|kam:|kellele|gavėjas|"
        "gavėjai|iki|प्रति|को|nori|recipient|recipients|per|a:|per a|adressaat|destinatario|"
        "destinatário|destinatari|mottagare|mottaker|modtager|empfänger|geadresseerde|ontvanger|"
        "viðtakandi|sa"
    ),
    "subject": (
        "mesaj|subjekti|тэма|বিষয়|பொருள்|თემა|mada|pwnc|paksa|onderwerp|ogg|betr|"
        "subject|betreff|objet|asunto|assunto|assumpte|oggetto|onderwerp|emne|ämne|aihe|tárgy|тема|"
        "subiect|subiectul|predmet|předmět|temat|tytuł|θέμα|konu|נושא|الموضوع|موضوع|主题|主旨|主題|件名|제목|"
        "chủ đề|tiêu đề|subjek|perihal|judul|เรื่อง|หัวเรื่อง|teema|temats|tēma|tema|naslov|zadeva|"
        "наслов|предмет|относно|asia|otsikko|sujet|re|gaia|विषय|paksa|efni"
    ),
    "cc": (
        "kopje|копія|копија|afskrif|অনুলিপি|நகல்|ასლი|نقل|nakala|afrit|"
        "cc|bcc|kopie|copie|copia|copie à|kopia|kopi|kópia|másolat|másolatot kap|kopio|копия|копія|"
        "dw|do wiadomości|udw|κοιν|κοινοποίηση|bilgi|עותק|نسخة|رونوشت|抄送|副本|ｃｃ|참조|đồng gửi|tembusan|"
        "สำเนา|koopia|kopija|cópia|cc:|копие|în copie|tillägg"
    ),
    "other": (
        "reply-to|reply to|importance|antwort an|répondre à|responder a|rispondi a|attachments|"
        "anlagen|allegati|pièces jointes|priority|wichtigkeit|importancia|importance:|prioritet|"
        "prioritat|datei|organisation|message-id|resent-from|newsgroups|organization|in-reply-to|"
        "references|mailed-by|signed-by|security|list-id|risposta|odpowiedz do|odpověď|antwoord aan|"
        "svar til|svara till|отговор до|ответить|priorità|ważność|důležitost|приоритет|添付ファイル|附件|重要度|"
        "첨부|重要性"
    ),
}
#: Of the labels of a date those that people write too, above a timetable or a note; a program's "Sent" tells more
DAY_LABELS = (
    "date|datum|fecha|data|dato|дата|dátum|päivä|päiväys|pvm|ημερομηνία|tarih|datums|kuupäev|dana|датум|תאריך|"
    "التاريخ|تاريخ|تاریخ|日時|日付|时间|時間|日期|날짜|ngày|thời gian|tanggal|วันที่|दिनांक|petsa|when"
)
#: Stems of which one stands between dashes: "-----Original Message-----"
MESSAGE_STEMS = (
    "message|[iİ]leti|messaggio|mensaje|mensagem|mesaj|nachricht|bericht|meddelande|meddelelse|"
    "melding|besked|viesti|üzenet|сообщени|повідомлен|съобщени|poruk|spr[áa]v|zpr[áa]v|wiadomo|"
    "sporočil|μήνυμα|הודעה|رسالة|الرسالة|پیام|邮件|郵件|メッセージ|メール|메시지|메일|thư|tin nhắn|pesan|"
    "ข้อความ|kiri|"
    "sõnum|ziņojum|vēstule|laišk|pranešim|missatge|mezu|mensaxe|skilaboð|порук|поруке|писмо|письмо|"
    "лист|e-?mail|mail|e-?post|courriel|correo|correio|posta|संदेश|mensahe|teachtaireacht|neges|sähköposti|levél|boodskap|信件|訊息|讯息|"
    "پیغام|порака|obavijest|mesaz|mesej|ujumbe|წერილი|செய்தி|বার্তা|паведамленн|ileti"
)
#: Stems of "original": with one of them such a line needs no header block below it
ORIGINAL_STEMS = (
    "orig|oryg|oriģ|orih|orix|orij|źródł|вихідн|wreidd|ursp|ursprung|oorsp|opprinn|oprind|alkup|algne|sākotn|pradin|"
    "pirmin|pôvod|původ|eredeti|initi|inițial|izvor|izvir|исход|изход|ориг|почат|первонач|първонач|зыходн|αρχικ|αυθεντ|"
    "πρωτότ|özgün|מקור|أصلي|اصلی|اصل|मूल|মূল|ต้นฉบับ|เดิม|gốc|ban đầu|asli|asal|原|源|元の|オリジ|원본|jatorriz|"
    "uppruna|upphaf|asili|ორიგ|அசல்|изворн|previous|"
    "quoted|geciteerd"
)
#: Stems of "reply": people write them above their own words too
ANSWER_STEMS = "antwort|reply|svar|répon|respue|respos|rispost|odpow|odpov|ответ"
#: Stems of "forwarded": the same, and the forwarded mail may hold quotes of its own
FORWARD_STEMS = (
    "forward|fwd|weiterg|transf|réexp|reenv|reencam|encaminh|inoltr|doorg|vidarebef|videresend|edelleen|välit|przekaz|"
    "přepos|předan|prepos|tovább|redirec|proslij|posred|прослеђ|препрат|пересыл|перенапр|переад|пересл|перасл|προωθ|ilet|"
    "yönlend|שהועבר|معاد|ارسال|هدایت|अग्रेषित|ফরোয়ার্ড|ส่งต่อ|chuyển|terus|dimaju|转发|轉寄|転送|전달|birbid|áfram|"
    "edast|edasi|pārsūt|persiųst|përcjell|aangest|ymlaen|sambaz|முன்ன|გადაგზ|آگے|naipasa"
)
#: Lines without dashes that announce a forwarded mail
FORWARD_LINES = (
    "begin forwarded message|forwarded message|original message processed by david.?|"
    "début du message (?:réexpédié|transféré)|"
    "anfang der weitergeleiteten nachricht|weitergeleitete nachricht|inizio messaggio inoltrato|"
    "messaggio inoltrato|inicio del mensaje reenviado|mensaje reenviado|"
    "início da mensagem (?:reencaminhada|encaminhada)|mensagem encaminhada|"
    "begin doorgestuurd bericht|doorgestuurd bericht|vidarebefordrat brev|vidarebefordrat meddelande|"
    "vidarebefordrat mejl|videresendt (?:besked|melding|meddelelse|e-post)|"
    "start på videresendt (?:besked|melding)|start på videresendt e-mail|välitetty viesti|"
    "välitetty viesti alkaa|välitetyn viestin alku|начало переадресованного сообщения|"
    "начало пересылаемого сообщения|пересылаемое сообщение|переслане повідомлення|"
    "початок переадресованого повідомлення|początek przekazywanej wiadomości|przekazana wiadomość|"
    "wiadomość przekazana dalej|začátek přeposílané zprávy|přeposlaná zpráva|"
    "začiatok preposlanej správy|preposlaná správa|továbbított levél|továbbított üzenet|"
    "továbbított üzenet kezdete|început mesaj redirecționat|mesaj redirecționat|"
    "αρχή προωθημένου μηνύματος|προωθημένο μήνυμα|iletilen ileti|iletilmiş mesajın başlangıcı|"
    "iletilen ileti başlangıcı|יש כאן הודעה שהועברה|הודעה שהועברה|תחילת ההודעה שהועברה|"
    "بداية الرسالة المُعاد توجيهها|رسالة معاد توجيهها|转发的邮件|下面是被转发的邮件|開始轉寄郵件|"
    "轉寄的郵件|以下是轉寄的郵件|"
    "転送されたメッセージ|전달된 메시지|다음은 전달된 메시지입니다|bắt đầu tin nhắn được chuyển tiếp|"
    "thư được chuyển tiếp|"
    "pesan terusan|awal pesan terusan|ข้อความที่ส่งต่อ|započni proslijeđenu poruku|"
    "proslijeđena poruka|posredovano sporočilo|edastatud kiri|pārsūtīts ziņojums|persiųstas laiškas|"
    "missatge reenviat|comença el missatge reenviat|прехвърлено съобщение|прослеђена порука|"
    "начало на препратеното съобщение|препратено съобщение|továbbított levél kezdete|"
    "începutul mesajului redirecționat|începe mesajul redirecționat|začetek posredovanega sporočila|"
    "початок листа, що пересилається|перенаправлене повідомлення|अग्रेषित संदेश(?: प्रारंभ)?|เริ่มข้อความที่ส่งต่อ|"
    "inici del missatge reenviat|bắt đầu tin nhắn đã chuyển tiếp|mesej dimajukan|edasisaadetud sõnum|"
    "pārsūtītā ziņa|persiųstas pranešimas|開始轉寄訊息|転送メール|転送メッセージ|開始:転送メッセージ|전달된 메일"
)
#: What a help desk writes between dashes, above the text that it quotes
ABOVE_THIS_LINE = (
    "above this line|oberhalb dieser (?:linie|zeile)|au-dessus de cette ligne|(?:encima|"
    "arriba) de esta línea|acima desta linha|sopra questa (?:linea|riga)|boven deze (?:lijn|regel)|"
    "over denne linj[ea]n?|ovanför (?:den här )?(?:linjen|raden)|powyżej tej linii|nad (?:tímto|"
    "týmto) (?:řádkem|riadkom)|выше этой (?:линии|строки)|この線より上|此行上方|在此行之上|al di sopra di questa "
    "riga|powyżej tego wiersza|(?:rivin|viivan) yläpuolelle|"
    "над этой (?:строкой|линией|чертой)|над (?:цією (?:лінією|рискою)|цим рядком)|"
    "nad tento (?:řádek|riadok)|bu satırın üzeri|"
    "이 줄 위에|この行より上|(?:sor|vonal) fölé|deasupra acest(?:ei linii|ui rând)|"
    "iznad ove (?:linije|crte)|nad to vrstico|πάνω από αυτήν? τη γραμμή|מעל שורה|فوق هذا السطر|"
    "phía trên dòng này|di atas baris ini|เหนือบรรทัดนี้|de dalt d'aquesta|sobre esta liña"
)
#: One of them stands in the same line, where nothing is drawn around it
REPLY = (
    "repl[yi]|respon|answer|antwort|répon|respuesta|resposta|rispo|antwoord|svar|odpov|odpow|ответ|відпов|отговор|"
    "返信|回复|回覆|답장|yanıt|vastau|vastus|válasz|răspun|odgovor|απάντησ|תשוב|ردك|trả lời|balas|ตอบ"
)
#: The words with which a telephone or an app signs: "sent from", at the beginning of the line
SENT_FROM = (
    "sent (?:from|via|with|using|through|by (?:galaxy|samsung|iphone|android))|"
    "from my (?:android|iphone|blackberry|galaxy|samsung)|sent úr|"
    "von (?:meine[mr]|yahoo)|diese nachricht wurde|"
    "gesendet (?:von|vom|mit|über|aus)|envoyée? (?:de|du|depuis|à partir|avec|via)|provenance|"
    "enviad[oa] (?:desde|de|do|da|a partir|com|con|pelo|mediante|a través)|enviat (?:des|de|amb)|"
    "inviat[oa] (?:da|dal|dall|con|tramite)|(?:verzonden|verstuurd) (?:vanaf|vanuit|van|via|met)|sendt (?:fra|med|via)|"
    "skickat (?:från|med|via)|lähetetty|wysłan[eoy] (?:z|ze|za|przez)|odesláno (?:z|ze|pomocí)|"
    "odoslan[éo] (?:z|zo|pomocou)|poslan[oe] (?:iz|s|sa|z|ze)|poslato (?:sa|iz|s)|послато (?:са|из|с)|"
    "отправлено (?:с|со|из|через)|надіслано (?:з|із|зі|через)|відправлено (?:з|із|зі)|адпраўлена (?:з|са)|"
    "изпратено (?:от|с|чрез)|испратено (?:од|со)|trimis[ăe]? (?:de pe|din|de la|cu)|(?:στάλθηκε|εστάλη|απεστάλη) από|"
    "נשלח מ|أرسلت من|أُرسلت من|مُرسل من|تم الإرسال من|ارسال شده از|(?:được |đã )?gửi từ|"
    "(?:di|ter)kirim (?:dari|dengan)|(?:el)?küldve (?:az?|galaxy|samsung)|"
    "dihantar (?:dari|daripada)|ipinadala mula|ส่งจาก|saadetud|(?:no)?sūtīts no|išsiųsta iš|siunčiama iš|dërguar nga|"
    "gestuur vanaf|anfonwyd o|imetumwa kutoka|გაგზავნილია|发自|發自|来自|來自|发送自|傳送自|传送自|從我的|connected by"
)
#: The same at its end
SENT_FROM_LAST = (
    "gönderildi|보냄|보냈습니다|에서 보낸 메일|から送信|küldve|elküldve|bidalia|भेजा गया|بھیجا گیا|পাঠানো|அனுப்பப்பட்டது|"
    "傳送|发送"
)
#: What an app says of itself: "Get Outlook for iOS"
GET_THE_APP = (
    "get|obtenir|obtenez|télécharger|obtener|obter|scarica|hämta|skaffa|skaff|hent|hanki|pobierz|získat|získať|preuzmite|"
    "скачать|отримати|изтеглете|obțineți|λήψη|الحصول|downloaden|herunterladen|beszerzése|edinin|הורד|다운로드|tải|"
    "获取|取得|を入手|unduh|dapatkan|ดาวน์โหลด"
)
APPS = "Outlook|Yahoo|BlueMail|AquaMail|Spark|FairEmail"
SYSTEMS = "ios|ipados|android|mac|windows|iphone|ipad|desktop"
DEVICES = (
    "iphon|网易|华为|三星|गैलेक्सी|ipad|ipod|ios|android|galaxy|samsung|huawei|honor|xiaomi|redmi|oneplus|oppo|vivo|pixel|"
    "nokia|htc|xperia|sony|motorola|alcatel|blackberry|lumia|outlook|yahoo|gmail|gmx|web\\.de|thunderbird|k-9|airmail|"
    "mailbox|windows|proton|spark|superhuman|aquamail|bluemail|fairmail|ti-85|verizon"
)
#: Words for such a thing that people use of other things too
KINDS_OF_DEVICE = (
    "mobiel|puhelim|메일|smartphone|mobil|mobile|phone|handy|tablet|cell|mac|telefon|telefoon|téléphone|telefono|teléfono|"
    "móvil|celular|telemóvel|телефон|смартфон|мобил|手机|手機|携帯|スマートフォン|휴대폰|스마트폰|điện thoại|ponsel|"
    "κινητό|מכשיר|הטלפון|هاتف|الهاتف|موبايل|device|appareil|gerät|dispositivo|enhet"
)
#: What a postscript begins with
POSTSCRIPT = (
    r"[PpП]\.\s?-?[SsDС]\.|P[SsD]\s?[:.)-]|П\.?С\.?[:.]|З\.?Ы\.?|N\.?B\.?[:.]|Υ\.?Γ\.?|נ\.?ב\.?|追伸|추신|又及|附言"
)
