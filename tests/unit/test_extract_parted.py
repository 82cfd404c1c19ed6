"""Mails by hand, one of each habit, and what is kept of them. Names, places and words are invented."""
# ruff: noqa: E501, RUF001  mails as people and programs write them

from __future__ import annotations

import pytest

from relay.domain import Body
from relay.extract import extract

#: Kind and number → a mail and what is kept of it
PARTED: dict[str, tuple[str, str]] = {
    "en-inline-1": (
        "On Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\nYes.\n> Who brings the key?\nAnn.\n> Where do we meet?\nAt the gate.\n",
        "> Would Thursday work for the hand-over?\nYes.\n> Who brings the key?\nAnn.\n> Where do we meet?\nAt the gate.",
    ),
    "en-inline-2": (
        "Hi Tobias,\n\nanswers below.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> Hi Rosa,\n>\n> Would Thursday work for the hand-over?\n\nIt would.\n\n> Who brings the key?\n\nAnn, I think.\n\n> Regards\n> Tobias\n\nRosa",
        "Hi Tobias,\n\nanswers below.\n\n\n> Would Thursday work for the hand-over?\n\nIt would.\n\n> Who brings the key?\n\nAnn, I think.\n\n> Regards\n> Tobias\n\nRosa",
    ),
    "en-inline-3": (
        "> Would Thursday work for the hand-over?\nYes.\n\n> Who brings the key?\nMe.",
        "> Would Thursday work for the hand-over?\nYes.\n\n> Who brings the key?\nMe.",
    ),
    "en-inline-4": (
        ">> Would Thursday work for the hand-over?\n> I think so.\nSo do I.\n>> Who brings the key?\n> Ann?\nNo, Ben.",
        ">> Would Thursday work for the hand-over?\n> I think so.\nSo do I.\n>> Who brings the key?\n> Ann?\nNo, Ben.",
    ),
    "en-inline-5": (
        "On Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> 1. Would Thursday work for the hand-over?\n\n[Rosa] yes\n\n> 2. Who brings the key?\n\n[Rosa] me\n\n> --\n> Tobias Quill\n> Harbor Ltd",
        "> 1. Would Thursday work for the hand-over?\n\n[Rosa] yes\n\n> 2. Who brings the key?\n\n[Rosa] me",
    ),
    "de-inline-6": (
        "Am Do., 6. Mai 2021 um 21:05 Uhr schrieb Jürgen Weißgerber <j.w@hafen.example>:\n> Ginge der Donnerstag?\n\nJa.\n\n> Wer bringt den Schlüssel?\n\nIch.\n\nGruß, Rosa",
        "> Ginge der Donnerstag?\n\nJa.\n\n> Wer bringt den Schlüssel?\n\nIch.\n\nGruß, Rosa",
    ),
    "en-bottom-7": (
        "On Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n>\n> Who brings the key?\n\nThursday is fine. I bring it.\n\nRosa",
        "Thursday is fine. I bring it.\n\nRosa",
    ),
    "en-bottom-8": (
        "Tobias Quill <t.quill@harbor.example> writes:\n\n> Would Thursday work for the hand-over?\n\nIt does.",
        "It does.",
    ),
    "en-bottom-9": (
        "Thu, 6 May 2021 at 21:05 Tobias Quill:\n> Would Thursday work for the hand-over?\n\nIt does.",
        "It does.",
    ),
    "en-bottom-10": (
        "In article <83.1@harbor.example>,\nTobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n\nIt does.",
        "It does.",
    ),
    "en-bottom-11": (
        "Quoth Tobias Quill on Thursday, May 06:\n> Would Thursday work for the hand-over?\n\nIt does.",
        "It does.",
    ),
    "en-bottom-12": (
        "Hello Rosa,\n\nThursday, May 6, 2021, 9:05:44 PM, you wrote:\n\nTQ> Would Thursday work for the hand-over?\nTQ> Who brings the key?\n\nIt does.\n\n-- \nBest regards,\n Rosa",
        "Hello Rosa,\n\n\nIt does.",
    ),
    "ru-bottom-13": (
        "Здравствуйте, Роза.\n\nВы писали 6 мая 2021 г., 21:05:44:\n\nЩП> Подойдёт ли четверг?\nЩП> Кто принесёт ключ?\n\nДа, я.\n\n-- \nС уважением,\n Роза",
        "Здравствуйте, Роза.\n\n\nДа, я.",
    ),
    "en-bottom-14": (
        "* Tobias Quill <t.quill@harbor.example> [2021-05-06 21:05 +0100]:\n> Would Thursday work for the hand-over?\n\nYes.",
        "Yes.",
    ),
    "en-bottom-15": (
        "Tobias Quill wrote on 06/05/2021 21:05:\n> Would Thursday work for the hand-over?\nYes it would.",
        "Yes it would.",
    ),
    "en-bottom-16": (
        "On 06.05.21 21:05, Tobias Quill via harbor-talk wrote:\n> Would Thursday work for the hand-over?\n\nYes.\n_______________________________________________\nharbor-talk mailing list\nharbor-talk@lists.harbor.example",
        "Yes.\n_______________________________________________\nharbor-talk mailing list\nharbor-talk@lists.harbor.example",
    ),
    "en-top-17": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over of the papers that we talked about at\nlength?\n> Please bring the blue form and also the key that the porter gave to you last\nweek.\n> Regards\n",
        "Fine.",
    ),
    "en-top-18": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> https://harbor.example/a/very/long/path/that/was/broken/by/the/program?with\n=query\n> Regards\n",
        "Fine.",
    ),
    "en-top-19": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n>Would Thursday work for the hand-over of the papers that we talked\nabout at length?\n>\n>Please bring the blue form and also the key that the porter gave to\nyou last week.\n",
        "Fine.",
    ),
    "en-top-20": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example>\nwrote:\n\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-21": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill via Harbor Ticket Desk (Internal)\n<tickets+a8f31c0de@reply.harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-22": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <\ntickets+a8f31c0de9918237bdfe@reply.harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-23": (
        "Fine.\n\nOn Thu, May 6, 2021, 9:05 PM\nTobias Quill <t.quill@harbor.example>\nwrote:\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-unquoted-24": (
        "Fine.\n\nOn Thu, May 6, 2021, 9:05 PM\nTobias Quill <t.quill@harbor.example>\nwrote:\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-unquoted-25": (
        "Fine.\n\nOn May 6, 2021, at 9:05 PM, Tobias Quill\n[mailto:t.quill@harbor.example] wrote:\n\nWould Thursday work for the hand-over?\n\nWho brings the key?\n",
        "Fine.",
    ),
    "en-same-line-26": (
        "Fine. On Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-same-line-27": (
        "Thanks!On Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n",
        "Thanks!",
    ),
    "en-same-line-28": (
        "Sounds good On May 6, 2021 9:05 PM, Tobias Quill <t.quill@harbor.example> wrote: Would Thursday work for the hand-over? Who brings the key?\n",
        "Sounds good",
    ),
    "en-same-line-29": (
        "Yes please -------- Original message --------From: Tobias Quill <t.quill@harbor.example> Date: 5/6/21 9:05 PM (GMT+00:00) To: rosa@pier.example Subject: Hand-over\nWould Thursday work for the hand-over?\n",
        "Yes please",
    ),
    "en-same-line-30": (
        "Yes please\n\n-------- Original message --------From: Tobias Quill <t.quill@harbor.example> Date: 5/6/21  9:05 PM  (GMT+00:00) To: rosa@pier.example Subject: Hand-over Would Thursday work for the hand-over?\n",
        "Yes please",
    ),
    "de-same-line-31": (
        "Passt. Am 06.05.2021 um 21:05 schrieb Jürgen Weißgerber <j.w@hafen.example>:\n> Ginge Donnerstag?\n",
        "Passt.",
    ),
    "fr-same-line-32": ("D'accord. Le 6 mai 2021 à 21:05, Hélène <h@quai.example> a écrit :\n> Jeudi ?\n", "D'accord."),
    "zh-CN-same-line-33": ("好的。在2021年5月6日 21:05，晓雯 <x@m.example> 写道：\n> 星期四？\n", "好的。"),
    "en-outlook-hdr-34": (
        "Fine.\n\nFrom: Tobias Quill\nSent: 06 May 2021 21:05\nTo: Rosa Marlow\nSubject: RE: Hand-over\n\nWould Thursday work for the hand-over?\n\nFrom: Rosa Marlow\nSent: 05 May 2021 08:00\nTo: Tobias Quill\nSubject: Hand-over\n\nWho brings the key?\n",
        "Fine.",
    ),
    "en-outlook-hdr-35": (
        "Fine.\n\nFrom: Tobias Quill <t.quill@harbor.example>\nReply-To: desk@harbor.example\nDate: Thursday, 6 May 2021 at 21:05\nTo: Rosa Marlow <rosa@pier.example>\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-36": (
        'Fine.\n\nFrom: "Tobias Quill" <t.quill@harbor.example>\nTo: "Rosa" <rosa@pier.example>\nSent: Thursday, 6 May, 2021 21:05:44\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n',
        "Fine.",
    ),
    "en-outlook-hdr-37": (
        "Fine.\nRosa\n\n  _____  \n\nFrom: Tobias Quill [mailto:t.quill@harbor.example] \nSent: 06 May 2021 21:05\nTo: 'Rosa Marlow'\nSubject: Hand-over\n\n\nWould Thursday work for the hand-over?\n",
        "Fine.\nRosa",
    ),
    "en-outlook-hdr-38": (
        "Fine.\n\nFrom:        Tobias Quill/Harbor\nTo:        rosa@pier.example, \nDate:        05/06/2021 09:05 PM\nSubject:        Hand-over\n\n\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-39": (
        "Fine.\n\n-----Tobias Quill <t.quill@harbor.example> wrote: -----\nTo: rosa@pier.example\nFrom: Tobias Quill <t.quill@harbor.example>\nDate: 05/06/2021 09:05PM\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-40": (
        "Fine.\n\n>>> Tobias Quill <t.quill@harbor.example> 5/6/2021 9:05 PM >>>\nWould Thursday work for the hand-over?\n\nWho brings the key?\n",
        "Fine.",
    ),
    "en-outlook-hdr-41": (
        'Fine.\n\n>>> "Tobias Quill" <t.quill@harbor.example> 06.05.21 21.05 Uhr >>>\nWould Thursday work for the hand-over?\n\nWho brings the key?\n',
        "Fine.",
    ),
    "en-outlook-hdr-42": (
        "Fine.\n\n________________________________________\nFrom: Tobias Quill [t.quill@harbor.example]\nSent: Thursday, May 06, 2021 9:05 PM\nTo: Rosa Marlow\nCc: Ola Brink; Per Lund; Eva Holt; Ida Kron; Max Frey; Lea Wolf; Jan Kok;\nTom Berg\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-43": (
        "Fine.\n\n*From:* Tobias Quill <t.quill@harbor.example>\n*Sent:* Thursday, May 6, 2021 9:05 PM\n*To:* Rosa\n*Subject:* Hand-over\n*Importance:* High\n\n\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-44": (
        "Fine.\n\nFrom: Tobias Quill via Harbor Desk\nSent: Thursday, May 6\nTo: Rosa\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-45": (
        "Fine.\n\nTobias Quill\nFrom: t.quill@harbor.example\nDate: 6 May 2021\n\nWould Thursday work for the hand-over?\n",
        "Fine.\n\nTobias Quill",
    ),
    "en-outlook-hdr-46": (
        "> From: t.quill@harbor.example\n> To: rosa@pier.example\n> Subject: Hand-over\n> Date: Thu, 6 May 2021 21:05:44 +0000\n>\n> Would Thursday work for the hand-over?\n\nFine.\n",
        "Fine.",
    ),
    "en-outlook-hdr-47": (
        "Fine.\n\nFrom: t.quill@harbor.example\nTo: rosa@pier.example\nSubject: Hand-over\nDate: Thu, 6 May 2021 21:05:44 +0000\n\n\n\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-48": (
        "Fine.\n\nDate: Thu, 6 May 2021 21:05:44 +0000\nFrom: t.quill@harbor.example\nTo: rosa@pier.example\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-49": (
        "Fine.\n\nSubject: Hand-over\nTo: rosa@pier.example\nFrom: t.quill@harbor.example\nDate: Thu, 6 May 2021 21:05:44 +0000\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-outlook-hdr-50": (
        "Fine.\n\n[cid:logo.png]\n\nFrom: Tobias Quill <t.quill@harbor.example<mailto:t.quill@harbor.example>>\nDate: Thursday, May 6, 2021 at 9:05 PM\nTo: Rosa <rosa@pier.example<mailto:rosa@pier.example>>\nSubject: Hand-over\nCAUTION: This email originated from outside.\n\nWould Thursday work for the hand-over?\n",
        "Fine.\n\n[cid:logo.png]",
    ),
    "en-original-msg-51": ("Fine.\n\n-----Original Message-----\n\nWould Thursday work for the hand-over?\n", "Fine."),
    "en-original-msg-52": (
        "Fine.\n\n--- Original Message ---\nOn 06/05/2021 21:05, Tobias Quill wrote:\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-original-msg-53": (
        "Fine.\n\n----------------Original Message----------------\nFrom: Tobias\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-original-msg-54": (
        "Fine.\n\n------Original Message------\nFrom: Tobias Quill\nTo: Rosa\nSubject: Hand-over\nSent: May 6, 2021 9:05 PM\n\nWould Thursday work for the hand-over?\n\nSent from my BlackBerry",
        "Fine.",
    ),
    "en-original-msg-55": (
        "Fine.\nSent from my Verizon Wireless BlackBerry\n\n-----Original Message-----\nFrom: Tobias Quill <t.quill@harbor.example>\nDate: Thu, 06 May 2021 21:05:44 \nTo: Rosa<rosa@pier.example>\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-original-msg-56": (
        "Fine.\n\n----- Original Message ----\nFrom: Tobias Quill <t.quill@harbor.example>\nTo: rosa@pier.example\nSent: Thu, May 6, 2021 9:05:44 PM\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-original-msg-57": (
        'Fine.\n\n----- Reply message -----\nFrom: "Tobias Quill" <t.quill@harbor.example>\nTo: "Rosa" <rosa@pier.example>\nSubject: Hand-over\nDate: Thu, May 6, 2021 21:05\n\nWould Thursday work for the hand-over?\n',
        "Fine.",
    ),
    "en-original-msg-58": (
        "Fine.\n\n-------- In reply to --------\nFrom: Tobias Quill <t.quill@harbor.example>\nDate: May 6, 2021\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-original-msg-59": ("Fine.\n\n=== Original message ===\nWould Thursday work for the hand-over?\n", "Fine."),
    "en-helpdesk-60": (
        "Fine.\n\n##- Please type your reply above this line -##\n\nYour request (4711) has been updated.\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-helpdesk-61": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Harbor Desk <desk@harbor.example> wrote:\n\n> ##- Please type your reply above this line -##\n>\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-helpdesk-62": (
        "Fine.\n\n—-—-—-—\nReply above this line.\n\nTobias commented:\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-helpdesk-63": (
        "Fine.\n\n-- Write above this line to post a reply --\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-helpdesk-64": (
        "Fine.\n\n--- Reply ABOVE THIS LINE to add a comment ---\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-helpdesk-65": (
        "Fine.\n\n=-=-= Please reply above this line =-=-=\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-helpdesk-66": (
        "Fine.\n\n## In replies all text above this line is added to the ticket ##\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-helpdesk-67": ("Fine.\n\n[Please reply above this line]\n\nWould Thursday work for the hand-over?\n", "Fine."),
    "en-helpdesk-68": (
        "Fine.\n\n_____ Please enter your reply above this line _____\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "de-helpdesk-69": (
        "Passt.\n\n##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##\n\nGinge Donnerstag?\n",
        "Passt.",
    ),
    "fr-helpdesk-70": (
        "D'accord.\n\n##- Veuillez saisir votre réponse au-dessus de cette ligne -##\n\nJeudi ?\n",
        "D'accord.",
    ),
    "es-helpdesk-71": (
        "Vale.\n\n##- Por favor, escriba su respuesta por encima de esta línea -##\n\n¿El jueves?\n",
        "Vale.",
    ),
    "pt-helpdesk-72": ("Certo.\n\n##- Digite a sua resposta acima desta linha -##\n\nQuinta?\n", "Certo."),
    "it-helpdesk-73": ("Va bene.\n\n##- Digitare la risposta al di sopra di questa riga -##\n\nGiovedì?\n", "Va bene."),
    "nl-helpdesk-74": ("Prima.\n\n##- Typ uw antwoord boven deze regel -##\n\nDonderdag?\n", "Prima."),
    "pl-helpdesk-75": ("Dobrze.\n\n##- Prosimy wpisać odpowiedź powyżej tego wiersza -##\n\nCzwartek?\n", "Dobrze."),
    "ja-helpdesk-76": ("了解です。\n\n##- この行より上に返信を入力してください -##\n\n木曜日は？\n", "了解です。"),
    "sv-helpdesk-77": ("Bra.\n\n##- Skriv ditt svar ovanför den här raden -##\n\nTorsdag?\n", "Bra."),
    "da-helpdesk-78": ("Fint.\n\n##- Skriv dit svar over denne linje -##\n\nTorsdag?\n", "Fint."),
    "fi-helpdesk-79": ("Sopii.\n\n##- Kirjoita vastauksesi tämän rivin yläpuolelle -##\n\nTorstai?\n", "Sopii."),
    "ru-helpdesk-80": ("Хорошо.\n\n##- Введите ответ над этой строкой -##\n\nЧетверг?\n", "Хорошо."),
    "cs-helpdesk-81": ("Dobře.\n\n##- Odpověď napište nad tento řádek -##\n\nČtvrtek?\n", "Dobře."),
    "tr-helpdesk-82": ("Olur.\n\n##- Lütfen yanıtınızı bu satırın üzerine yazın -##\n\nPerşembe?\n", "Olur."),
    "ko-helpdesk-83": ("네.\n\n##- 이 줄 위에 답장을 입력하세요 -##\n\n목요일?\n", "네."),
    "zh-CN-helpdesk-84": ("好。\n\n##- 请在此行上方输入您的回复 -##\n\n星期四？\n", "好。"),
    "en-sig-85": ("Thanks, will do.\n\n--\nRosa Marlow\nPier Ltd\n", "Thanks, will do."),
    "en-sig-86": (
        "Thanks, will do.\n\n-- \nRosa Marlow\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n> -- \n> Tobias\n",
        "Thanks, will do.",
    ),
    "en-sig-87": (
        "On Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n\nThanks, will do.\n\n-- \nRosa Marlow\n\nP.S. The key is here.",
        "Thanks, will do.\n\nP.S. The key is here.",
    ),
    "en-sig-88": (
        "Thanks!\n\nRosa Marlow | Head of Piers | Pier Ltd\nT: +44 20 7946 0018 | M: +44 7700 900123\nrosa@pier.example | www.pier.example\n\nThis e-mail is confidential: do not copy it.\n",
        "Thanks!\n\nRosa Marlow | Head of Piers | Pier Ltd\nT: +44 20 7946 0018 | M: +44 7700 900123\nrosa@pier.example | www.pier.example\n\nThis e-mail is confidential: do not copy it.",
    ),
    "en-disclaimer-89": (
        "Thanks!\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n\n\n________________________________\n\nThis e-mail and any files transmitted with it are confidential and intended solely for the addressee.\nIf you have received it in error please delete it.\n",
        "Thanks!\n\n\n________________________________\n\nThis e-mail and any files transmitted with it are confidential and intended solely for the addressee.\nIf you have received it in error please delete it.",
    ),
    "en-mobile-sig-90": (
        "Thanks!\n\nSent from my iPhone\n\nOn 6 May 2021, at 21:05, Tobias Quill <t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n",
        "Thanks!",
    ),
    "en-mobile-sig-91": (
        "Thanks!\n\nSent from my iPhone\n\n> On 6 May 2021, at 21:05, Tobias Quill <t.quill@harbor.example> wrote:\n> \n> Would Thursday work for the hand-over?\n",
        "Thanks!",
    ),
    "en-mobile-sig-92": (
        "Thanks!\n\nSent from my iPhone > On 6 May 2021, at 21:05, Tobias Quill <t.quill@harbor.example> wrote:\n> \n> Would Thursday work for the hand-over?\n",
        "Thanks!",
    ),
    "en-mobile-sig-93": (
        "Thanks!\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Tobias Quill <t.quill@harbor.example>\nSent: Thursday, May 6, 2021 9:05:44 PM\nTo: Rosa <rosa@pier.example>\nSubject: Re: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "Thanks!",
    ),
    "en-mobile-sig-94": (
        "Thanks!\n\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.\n\nOn 6 May 2021 21:05:44 BST, Tobias Quill <t.quill@harbor.example> wrote:\n>Would Thursday work for the hand-over?\n",
        "Thanks!",
    ),
    "en-forward-95": (
        "FYI, please look.\n\nBegin forwarded message:\n\n> From: Tobias Quill <t.quill@harbor.example>\n> Subject: Hand-over\n> Date: 6 May 2021 at 21:05:44 BST\n> To: Rosa <rosa@pier.example>\n> \n> Would Thursday work for the hand-over?\n",
        "FYI, please look.",
    ),
    "en-forward-96": (
        "FYI, please look.\n\n---------- Forwarded message ---------\nFrom: Tobias Quill <t.quill@harbor.example>\nDate: Thu, May 6, 2021 at 9:05 PM\nSubject: Hand-over\nTo: Rosa <rosa@pier.example>\n\n\nWould Thursday work for the hand-over?\n\n---------- Forwarded message ---------\nFrom: Ola <ola@pier.example>\n\nWho brings the key?\n",
        "FYI, please look.",
    ),
    "en-forward-97": (
        "FYI\n\n----- Forwarded Message -----\nFrom: Tobias Quill <t.quill@harbor.example>\nTo: Rosa <rosa@pier.example>\nSent: Thursday, May 6, 2021, 9:05:44 PM GMT+1\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "FYI",
    ),
    "en-forward-98": (
        "FYI\n\n-------- Forwarded Message --------\nSubject: \tHand-over\nDate: \tThu, 6 May 2021 21:05:44 +0100\nFrom: \tTobias Quill <t.quill@harbor.example>\nTo: \tRosa <rosa@pier.example>\n\n\n\nWould Thursday work for the hand-over?\n",
        "FYI",
    ),
    "en-forward-99": (
        "FYI\n\n----- Forwarded by Tobias Quill/Harbor on 05/06/2021 09:05 PM -----\n\nFrom: Ola Brink/Pier\nTo: Tobias Quill/Harbor\nDate: 05/05/2021 08:00 AM\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n",
        "FYI",
    ),
    "en-forward-100": (
        "FYI\n\n----- Forwarded message from Tobias Quill <t.quill@harbor.example> -----\n\nDate: Thu, 6 May 2021 21:05:44 +0100\nFrom: Tobias Quill <t.quill@harbor.example>\nTo: rosa@pier.example\nSubject: Hand-over\n\nWould Thursday work for the hand-over?\n\n----- End forwarded message -----\n",
        "FYI",
    ),
    "en-forward-101": (
        "FYI\n\n-------- Original Message --------\nSubject: Hand-over\nDate: Thu, 6 May 2021 21:05:44 +0100\nFrom: Tobias Quill <t.quill@harbor.example>\nTo: rosa@pier.example\n\nWould Thursday work for the hand-over?\n",
        "FYI",
    ),
    "en-forward-102": (
        '------- Forwarded message -------\nFrom: "Tobias Quill" <t.quill@harbor.example>\nTo: rosa@pier.example\nCc: \nSubject: Hand-over\nDate: Thu, 06 May 2021 21:05:44 +0100\n\nWould Thursday work for the hand-over?\n\n\n-- \nUsing Opera\'s mail client',
        "",
    ),
    "en-top-103": (
        "Fine.\n\nOn Thu 06 May 2021 at 21:05 Tobias Quill wrote:\n\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-104": (
        "Fine.\n\nOn 2021-05-06T21:05:44Z, Tobias Quill wrote:\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-105": (
        "Fine.\n\nOn Thu, May 06, 2021 at 09:05:44PM +0000, Tobias Quill via harbor-talk wrote:\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-106": (
        "Fine.\n\nTobias Quill said the following on 06/05/21 21:05:\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-107": (
        "Fine.\n\nThus spake Tobias Quill (t.quill@harbor.example):\n\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-108": (
        "Fine.\n\nExcerpts from Tobias Quill's message of May 6, 2021 9:05 pm:\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-109": (
        "Fine.\n\nQuoting Tobias Quill (2021-05-06 21:05:44)\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-110": ("Fine.\n\nTobias Quill schrieb:\n> Would Thursday work for the hand-over?\n", "Fine."),
    "en-top-111": (
        "Fine.\n\nOn Thu, 2021-05-06 at 21:05 +0100, Tobias Quill via harbor-talk\nwrote:\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-112": (
        "Fine.\n\nOn Thursday, May 6, 2021, Tobias Quill <t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-113": (
        "Fine.\n\nOn Thursday, May 6, 2021, <t.quill@harbor.example> wrote:\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-114": (
        "Fine.\n\nOn May 6, 2021 21:05, t.quill@harbor.example wrote:\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-115": (
        "Fine.\n\n2021-05-06 21:05 GMT+01:00 Tobias Quill <t.quill@harbor.example>:\n\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-unquoted-116": (
        "Fine.\n\n2021-05-06 21:05 GMT+01:00 Tobias Quill <t.quill@harbor.example>:\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-unquoted-117": (
        "Fine.\n\nTobias Quill <t.quill@harbor.example> schrieb am Do. 6. Mai 2021 um 21:05:\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-unquoted-118": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill\n<t.quill@harbor.example>\nwrote:\n\nWould Thursday work for the hand-over?\n\nOn Wed, May 5, 2021 at 8:00 AM Rosa <rosa@pier.example> wrote:\n\nWho brings the key?\n",
        "Fine.",
    ),
    "en-unquoted-119": (
        "Fine.\n\nTobias Quill (Harbor)\nMay 6, 2021, 9:05 PM GMT+1\n\nWould Thursday work for the hand-over?\n",
        "Fine.\n\nTobias Quill (Harbor)\nMay 6, 2021, 9:05 PM GMT+1\n\nWould Thursday work for the hand-over?",
    ),
    "en-top-120": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM 'Tobias Quill' via Harbor <\nharbor@groups.example> wrote:\n\n> Would Thursday work for the hand-over?\n>\n> -- \n> You received this message because you are subscribed to the group.\n",
        "Fine.",
    ),
    "en-top-121": (
        'Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM, <"=?utf-8?Q?Tobias?=" t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n',
        "Fine.",
    ),
    "en-top-122": (
        "Fine.\n\n\nOn Thu, May 6, 2021 at 9:05 PM QUILL, TOBIAS (HARBOR)\n<t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-123": ("Fine.\n\n---- Tobias Quill wrote ----\n\nWould Thursday work for the hand-over?\n", "Fine."),
    "en-top-124": ("Fine.\n\n---- Tobias Quill wrote ----\n\n> Would Thursday work for the hand-over?\n", "Fine."),
    "en-top-125": ("Fine.\n\n<t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n", "Fine."),
    "en-top-126": (
        'Fine.\n\n<quote author="Tobias Quill">\n> Would Thursday work for the hand-over?\n',
        'Fine.\n\n<quote author="Tobias Quill">',
    ),
    "en-top-127": (
        "Fine.\n\nTobias,\n\nOne more.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "Fine.\n\nTobias,\n\nOne more.",
    ),
    "en-falsepos-128": (
        "On Monday I wrote:\n\nthe key is here.\n\nIt still is.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "On Monday I wrote:\n\nthe key is here.\n\nIt still is.",
    ),
    "en-falsepos-129": (
        "On 4 May 2021 at 9:30 I came to the gate, and on 5 May 2021 Ann wrote: come back.\nI did.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "On 4 May 2021 at 9:30 I came to the gate, and on 5 May 2021 Ann wrote: come back.\nI did.",
    ),
    "en-falsepos-130": (
        "From: Oslo\nTo: Bergen\nDate: 4 May 2021\n\nThat is my trip.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "From: Oslo\nTo: Bergen\nDate: 4 May 2021\n\nThat is my trip.",
    ),
    "en-falsepos-131": (
        "Values > 5 are bad:\n\n> 6\n\nSo?\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n",
        "Values > 5 are bad:\n\n> 6\n\nSo?",
    ),
    "en-top-132": (
        "1. yes\n2. no\n3. see my note of 4 May 2021, 9:30:\n   the key is at the gate\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "1. yes\n2. no\n3. see my note of 4 May 2021, 9:30:\n   the key is at the gate",
    ),
    "en-top-133": (
        "Can you resend what ann@pier.example wrote?\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "Can you resend what ann@pier.example wrote?",
    ),
    "en-top-134": (
        "My address is rosa@pier.example:\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "My address is rosa@pier.example:",
    ),
    "en-top-135": (
        "I answer on 7 May 2021 at 9:30:\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "I answer on 7 May 2021 at 9:30:",
    ),
    "en-top-136": (
        "Rosa wrote:\nnothing.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "Rosa wrote:\nnothing.",
    ),
    "en-emoji-137": (
        "👍\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "👍",
    ),
    "en-micro-138": (
        "Y\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\nWould Thursday work for the hand-over?\n",
        "Y",
    ),
    "en-micro-139": (
        "Rosa\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\nWould Thursday work for the hand-over?\n",
        "Rosa",
    ),
    "en-quote-only-140": (
        "On Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n> Would Thursday work for the hand-over?\n",
        "",
    ),
    "en-quote-only-141": ("> Would Thursday work for the hand-over?\n", ""),
    "en-nested-142": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> Sure.\n>\n> On Wed, May 5, 2021 at 8:00 AM Rosa <rosa@pier.example> wrote:\n>\n>> Who brings the key?\n>>\n>> On Tue, May 4, 2021 at 8:00 AM Tobias <t@harbor.example> wrote:\n>>\n>>> Where do we meet?\n",
        "Fine.",
    ),
    "en-nested-143": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> Sure.\n>\n> From: Rosa\n> Sent: 5 May 2021\n> To: Tobias\n> Subject: x\n>\n> Who brings the key?\n\nFrom: z@z.example\nSent: 4 May 2021 8:00\nTo: Tobias\nSubject: x\n\nWhere do we meet?\n",
        "Fine.",
    ),
    "en-top-144": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n>\n> [image: map.png]\n>\n[image: map.png]\n>\n> bye\n",
        "Fine.\n\n\n[image: map.png]",
    ),
    "en-top-145": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n\n[Quoted text hidden]\n",
        "Fine.\n\n\n[Quoted text hidden]",
    ),
    "en-top-146": (
        "Hi Tobias,\n\nfine.\n\nRosa\n\nOn 5/6/2021 9:05 PM, Tobias Quill wrote:\n>\n> Would Thursday work for the hand-over?\n>\n>\n",
        "Hi Tobias,\n\nfine.\n\nRosa",
    ),
    "en-top-147": (
        "Fine\n\u00a0\nOn\u00a0Thu,\u00a0May\u00a06,\u00a02021\u00a0at\u00a09:05\u202fPM Tobias\u00a0Quill\u00a0<t.quill@harbor.example>\u00a0wrote:\n\u00a0\n> Would Thursday work for the hand-over?\n",
        "Fine",
    ),
    "en-top-148": (
        "Fine.\n\nOn Thu, May 6, 2021 at 9:05\u202fPM Tobias Quill <t.quill@harbor.example>\nwrote:\n\n\nWould Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "en-top-149": (
        "Fine.\r\n\r\nOn Thu, May 6, 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\r\n\r\n> Would Thursday work for the hand-over?\r\n",
        "Fine.",
    ),
    "en-top-150": (
        "Fine.\n\nOn Thu=2C May 6=2C 2021 at 9:05 PM Tobias Quill <t.quill@harbor.example> wrote:\n\n> Would Thursday work for the hand-over?\n",
        "Fine.",
    ),
    "de-top-151": (
        "Passt.\n\nJürgen Weißgerber <j.w@hafen.example> schrieb am Do., 6. Mai 2021,\n21:05:\n\n> Ginge Donnerstag?\n",
        "Passt.",
    ),
    "de-unquoted-152": (
        'Passt.\n\nGesendet: Donnerstag, 06. Mai 2021 um 21:05 Uhr\nVon: "Jürgen Weißgerber" <j.w@hafen.example>\nAn: rosa@pier.example\nBetreff: Übergabe\n\nGinge Donnerstag?\n',
        "Passt.",
    ),
    "de-unquoted-153": (
        "Passt.\n\n-----Ursprüngliche Nachricht-----\nVon: Jürgen Weißgerber [mailto:j.w@hafen.example] \nGesendet: Donnerstag, 6. Mai 2021 21:05\nAn: 'Rosa'\nBetreff: Übergabe\n\nGinge Donnerstag?\n",
        "Passt.",
    ),
    "de-unquoted-154": (
        "Passt.\n\n--- Original-Nachricht ---\nVon: Jürgen Weißgerber\nBetreff: Übergabe\nDatum: 06.05.2021, 21:05 Uhr\nAn: Rosa\n\nGinge Donnerstag?\n",
        "Passt.",
    ),
    "de-top-155": (
        "Passt.\n\nAm Donnerstag, den 06.05.2021, 21:05 +0200 schrieb Jürgen Weißgerber:\n> Ginge Donnerstag?\n",
        "Passt.",
    ),
    "de-top-156": (
        "Passt.\n\nOn Thu, 6. May 2021 at 21:05, Jürgen Weißgerber schrieb:\n> Ginge Donnerstag?\n",
        "Passt.",
    ),
    "de-top-157": (
        'Passt.\n\nAm 6.5.2021 21:05 schrieb "Jürgen Weißgerber" <j.w@hafen.example>:\n\nGinge Donnerstag?\n',
        "Passt.",
    ),
    "de-top-158": (
        "Passt.\n\n*Von:* Jürgen Weißgerber <j.w@hafen.example>\n*Gesendet:* Donnerstag, 6. Mai 2021 21:05\n*An:* Rosa\n*Betreff:* Übergabe\n\n*Wichtig:* Ginge Donnerstag?\n",
        "Passt.",
    ),
    "de-top-159": (
        "Passt.\n\nJürgen Weißgerber schrieb am 06.05.2021 um 21:05:\n> Ginge Donnerstag?\n>\n> Gruß\n\nNoch etwas: der Schlüssel ist da.",
        "Passt.\n\n\nNoch etwas: der Schlüssel ist da.",
    ),
    "ja-top-160": ("承知しました。\n\n2021年5月6日(木) 21:05 大塚 <h@f.example>:\n\n> 木曜日は？\n", "承知しました。"),
    "ja-unquoted-161": (
        "承知しました。\n\n________________________________\n差出人: 大塚 遥香 <h@f.example>\n送信日時: 2021年5月6日 21:05\n宛先: ローザ <rosa@pier.example>\n件名: Re: 引き渡し\n\n木曜日は？\n",
        "承知しました。",
    ),
    "ja-top-162": (
        "大塚さん\n\n承知しました。\n\n> -----Original Message-----\n> From: 大塚 <h@f.example>\n> Sent: Thursday, May 6, 2021 9:05 PM\n> To: rosa@pier.example\n> Subject: 引き渡し\n> \n> 木曜日は？\n",
        "大塚さん\n\n承知しました。",
    ),
    "ja-inline-163": (
        "2021年5月6日(木) 21:05 大塚 <h@f.example>:\n> 木曜日は？\nはい。\n> 鍵は？\n私です。\n",
        "> 木曜日は？\nはい。\n> 鍵は？\n私です。",
    ),
    "zh-CN-unquoted-164": (
        "可以。\n\n发自我的 iPhone\n\n------------------ 原始邮件 ------------------\n发件人: 晓雯 <x@m.example>\n发送时间: 2021年5月6日 21:05\n收件人: 罗莎 <rosa@pier.example>\n主题: 回复：交接\n\n星期四？\n",
        "可以。",
    ),
    "zh-CN-unquoted-165": (
        "可以。\n\n\n\nx@m.example\n \n发件人： 晓雯\n发送时间： 2021-05-06 21:05\n收件人： rosa\n主题： 交接\n星期四？\n",
        "可以。\n\n\nx@m.example",
    ),
    "zh-CN-unquoted-166": (
        '可以。\n\n \n \n \n \n------------------ Original ------------------\nFrom:  "晓雯"<x@m.example>;\nDate:  Thu, May 6, 2021 09:05 PM\nTo:  "rosa"<rosa@pier.example>;\n\nSubject:  交接\n\n \n\n星期四？\n',
        "可以。",
    ),
    "ko-unquoted-167": (
        '네.\n\n-----Original Message-----\nFrom: "은비"<e@b.example>\nTo: "로사"<rosa@pier.example>;\nCc:\nSent: 2021-05-06 (목) 21:05:44 (GMT+09:00)\nSubject: 열쇠\n\n목요일?\n',
        "네.",
    ),
    "ru-unquoted-168": (
        "Да.\n\nОт: Пётр <p@p.example>\nОтправлено: 6 мая 2021 г. 21:05\nКому: Роза\nТема: Ключ\n\nЧетверг?\n",
        "Да.",
    ),
    "ru-unquoted-169": (
        "Да.\n\n-- \nОтправлено из Mail.ru для Android четверг, 06 мая 2021, 09:05PM +03:00 от Пётр p@p.example :\n\nЧетверг?\n",
        "Да.",
    ),
    "ru-top-170": ("Да.\n\n>Четверг, 6 мая 2021, 21:05 +03:00 от Пётр <p@p.example>:\n>\n>Четверг?\n", "Да."),
    "ru-top-171": (
        'Да.\n\n06.05.2021, 21:05, "Пётр" <p@p.example>:\n> Четверг?\n\n-- \nОтправлено из Яндекс.Почты для мобильных',
        "Да.",
    ),
    "pl-unquoted-172": (
        "Tak.\n\nOd: Łukasz <l@n.example>\nWysłano: czwartek, 6 maja 2021 21:05\nDo: Rosa\nTemat: Klucz\n\nCzwartek?\n",
        "Tak.",
    ),
    "pl-top-173": ("Tak.\n\nDnia 6 maja 2021 21:05 Łukasz <l@n.example> napisał(a):\n\nCzwartek?\n", "Tak."),
    "he-top-174": (
        "כן.\n\n\u200f\u202aOn Thu, May 6, 2021 at 9:05 PM \u202b\u202aאביגיל\u202c\u202c <a@r.example> wrote:\u202c\u200f\n\n> חמישי?\n",
        "כן.",
    ),
    "he-unquoted-175": (
        "כן.\n\n\u200f\u202aבתאריך יום ה׳, 6 במאי 2021 ב-21:05 מאת \u202bאביגיל\u202c <\u202aa@r.example\u202c>:\u202c\n\nחמישי?\n",
        "כן.",
    ),
    "vi-top-176": ("Vâng.\n\nVào 21:05, Th 5, 6 thg 5, 2021 Ánh <a@b.example> đã\nviết:\n\n> Thứ năm?\n", "Vâng."),
    "hu-top-177": (
        "Igen.\n\nÖdön <o@r.example> ezt írta (időpont: 2021. máj. 6., Cs,\n21:05):\n\n> Csütörtök?\n",
        "Igen.",
    ),
    "hu-unquoted-178": (
        "Igen.\n\nÖdön <o@r.example> ezt írta (időpont: 2021. máj. 6., Cs, 21:05):\n\nCsütörtök?\n",
        "Igen.",
    ),
    "ca-top-179": (
        "Sí.\n\nMissatge de Àngels <a@m.example> del dia dj., 6 de maig 2021 a\nles 21:05:\n\n> Dijous?\n",
        "Sí.",
    ),
    "uk-top-180": ("Так.\n\nчт, 6 трав. 2021 р. о 21:05 Єва <e@p.example>\nпише:\n\n> Четвер?\n", "Так."),
    "el-top-181": (
        "Ναι.\n\nΣτις Πέμ 6 Μαΐ 2021 στις 9:05 μ.μ., ο χρήστης Χρήστος <\nx@m.example> έγραψε:\n\n> Πέμπτη;\n",
        "Ναι.",
    ),
    "en-top-182": (
        "Works now, thanks.\n\n—\nReply to this email directly, view it on GitHub <https://git.example/x/1>, or unsubscribe <https://git.example/u>.\nYou are receiving this because you were mentioned.\n\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n> Did it work?\n",
        "Works now, thanks.\n\n—\nReply to this email directly, view it on GitHub <https://git.example/x/1>, or unsubscribe <https://git.example/u>.\nYou are receiving this because you were mentioned.",
    ),
    "en-top-183": (
        "Works.\n\nOn Wed, Oct 9, 2019 at 7:41 AM, Lena Brook [via Mill Forum] <\nml-node+s12345n6789h42@n4.forum.example> wrote:\n\n> Did it work?\n>\n> ------------------------------\n> If you reply to this email, your message will be added to the discussion\n> below:\n> http://forum.example/x\n",
        "Works.",
    ),
    "en-top-184": (
        "Works.\n\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook wrote: > Did it work?\n> Please tell me.\n",
        "Works.",
    ),
    "en-top-185": ("Works.\n\nOn 09/10/2019 07:41, Lena Brook <lena@mill.example> :\n\n> Did it work?\n", "Works."),
    "en-mobile-sig-186": (
        "Works.\n\nSent from my iPhone\n\n> On Oct 9, 2019, at 7:41 AM, Lena Brook <lena@mill.example> wrote:\n>\n> Did it work?\n>\n> Sent from my iPad\n>\n>> On Oct 8, 2019, at 6:00 AM, Rosa <rosa@pier.example> wrote:\n>>\n>> Try it.\n",
        "Works.",
    ),
    "en-forward-187": (
        "Please handle.\n\nRosa\n\n________________________________\nFrom: Ben Kite <ben@mill.example> on behalf of Lena Brook <lena@mill.example>\nSent: Wednesday, October 9, 2019 7:41 AM\nTo: Rosa Marlow; Ola Brink; Per Lund\nCc: Eva Holt\nSubject: FW: Mill\n\nDid it work?\n\n________________________________\nFrom: Max\nSent: Tuesday, October 8, 2019 6:00 AM\n\nTry it.\n",
        "Please handle.\n\nRosa",
    ),
    "en-outlook-hdr-188": (
        "Works.\n\nFrom: Lena Brook On Behalf Of Mill Desk\nSent: Wednesday, October 09, 2019 7:41 AM\nTo: Rosa\nSubject: Re: Mill [#4711]\n\nDid it work?\n",
        "Works.",
    ),
    "en-outlook-hdr-189": (
        "Works.\n\n\n\nFrom: lena@mill.example [mailto:lena@mill.example] \nSent: 09 October 2019 07:41\nTo: rosa@pier.example\nSubject: Re: Mill\n\n \n\nDid it work?\n\n \n\nLena\n",
        "Works.",
    ),
    "en-outlook-hdr-190": (
        "Works.\r\n\r\n> -----Original Message-----\r\n> From: Lena Brook\r\n> Sent: Wednesday, October 09, 2019 7:41 AM\r\n> To: Rosa\r\n> Subject: Re: Mill\r\n>\r\n> Did it work?\r\n",
        "Works.",
    ),
    "en-outlook-hdr-191": (
        "From: Rosa Marlow\nSent: Wednesday, October 09, 2019 9:00 AM\nTo: Lena Brook\nSubject: RE: Mill\n\nWorks.\n\nFrom: Lena Brook\nSent: Wednesday, October 09, 2019 7:41 AM\nTo: Rosa\nSubject: Mill\n\nDid it work?\n",
        "Works.",
    ),
    "en-bottom-192": (
        "Hello Lena\n\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n> Did it work?\n\nIt did.\n\n> Good?\n\nVery.",
        "Hello Lena\n\n> Did it work?\n\nIt did.\n\n> Good?\n\nVery.",
    ),
    "en-bottom-193": (
        "On Oct 9, 2019, at 7:41 AM, Lena Brook <lena@mill.example> wrote:\n\n> Did it work?\n> \n> --\n> Lena\n\nIt did.\n\n--\nRosa",
        "It did.",
    ),
    "en-bottom-194": (
        "--- Lena Brook <lena@mill.example> wrote:\n\n> Did it work?\n\nIt did.\n\n__________________________________________________\nDo You Yahoo!?\nTired of spam?  Yahoo! Mail has the best spam protection around\nhttp://mail.example",
        "It did.\n\n__________________________________________________\nDo You Yahoo!?\nTired of spam?  Yahoo! Mail has the best spam protection around\nhttp://mail.example",
    ),
    "en-bottom-195": ("Lena Brook schrieb am 09.10.2019 07:41:\n>\n> Did it work?\n>\nYes,\n\nRosa", "Yes,\n\nRosa"),
    "en-bottom-196": (
        "On Wednesday 09 October 2019 07:41:00 Lena Brook wrote:\n> Did it work?\n[snip]\n> Please tell.\nIt did!\n",
        "> Did it work?\n[snip]\n> Please tell.\nIt did!",
    ),
    "en-bottom-197": ("Lena Brook <lena@mill.example> a écrit :\n\n> Did it work?\n\n\nYes.\n", "Yes."),
    "en-inline-198": (
        "On Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n\n> Q1: did it work?\n>\nA1: yes\n\n> Q2: fast?\n>\nA2: no\n\n> Regards",
        "> Q1: did it work?\nA1: yes\n\n> Q2: fast?\nA2: no",
    ),
    "en-inline-199": (
        "> Did it work?\nIt did.\n> Fast?\nNo.\n> Cheap?\nYes.\n\nRosa",
        "> Did it work?\nIt did.\n> Fast?\nNo.\n> Cheap?\nYes.\n\nRosa",
    ),
    "en-inline-200": (
        "Lena Brook wrote:\n> Did it work?\nIt did.\n> Fast?\nNo.",
        "> Did it work?\nIt did.\n> Fast?\nNo.",
    ),
    "en-inline-201": (
        "See my answers below, marked RM>\n\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n> Did it work?\nRM> It did.\n> Fast?\nRM> No.\n",
        "See my answers below, marked RM>\n\n> Did it work?\nRM> It did.\n> Fast?\nRM> No.",
    ),
    "en-nested-202": (
        "+1\n\nOn 10/9/19 7:41 AM, Lena Brook wrote:\n> On 10/8/19 6:00 AM, Rosa wrote:\n>> On 10/7/19 5:00 AM, Ben wrote:\n>>> Try it.\n>> I will.\n> And?\n",
        "+1",
    ),
    "en-top-203": (
        "+1\n\n-----------------------------\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n\nDid it work?\n",
        "+1",
    ),
    "en-top-204": (
        "See https://pier.example/On/2019 at 7:41 AM for details:\n\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n> Did it work?\n",
        "See https://pier.example/On/2019 at 7:41 AM for details:",
    ),
    "en-top-205": (
        "Here's the log:\n\n2019-10-09 07:41:00 INFO lena@mill.example: start\n2019-10-09 07:41:02 INFO lena@mill.example: stop\n\nOn 9 Oct 2019, at 07:41, Lena <lena@mill.example> wrote:\n\n> Logs?\n",
        "Here's the log:\n\n2019-10-09 07:41:00 INFO lena@mill.example: start\n2019-10-09 07:41:02 INFO lena@mill.example: stop",
    ),
    "en-top-206": (
        "> is my favourite sign.\n\nBye\n\nOn 9 Oct 2019, at 07:41, Lena <lena@mill.example> wrote:\n\n> Signs?\n",
        "Bye",
    ),
    "en-top-207": (
        "Dear Lena,\n\nFrom: what I see, it works.\nTo: do: paint it.\n\nRosa\n\nOn 9 Oct 2019, at 07:41, Lena <lena@mill.example> wrote:\n\n> And?\n",
        "Dear Lena,\n\nFrom: what I see, it works.\nTo: do: paint it.\n\nRosa",
    ),
    "en-noquote-208": (
        "My signature should read:\n\n-- \nLena Brook\nMill Ltd\n\nPlease change it in the system, as we discussed on the phone last Friday morning?",
        "My signature should read:",
    ),
    "en-unquoted-209": (
        "Ok.\n\nRosa\n\nLena Brook\nMill Ltd\nlena@mill.example\n\nOn Oct 9, 2019, at 7:41 AM, Lena Brook <lena@mill.example> wrote:\n\nDid it work?\n\nLena\n",
        "Ok.\n\nRosa\n\nLena Brook\nMill Ltd\nlena@mill.example",
    ),
    "en-unquoted-210": (
        'Ok.\nOn Oct 9, 2019 7:41 AM, "Lena Brook" <lena@mill.example> wrote:\n\nDid it work?\n\nAlso: bring boots.\n',
        "Ok.",
    ),
    "en-unquoted-211": (
        "Ok.\n\nFrom my Android phone on T-Mobile. The first nationwide 4G network.\n\n-------- Original message --------\nFrom: Lena Brook <lena@mill.example>\nDate: 10/09/2019 7:41 AM (GMT-08:00)\nTo: rosa@pier.example\nSubject: Mill\n\nDid it work?\n",
        "Ok.\n\nFrom my Android phone on T-Mobile. The first nationwide 4G network.",
    ),
    "en-unquoted-212": (
        "Ok.\n\nConnected by DROID on Verizon Wireless\n\n-----Original message-----\nFrom: Lena Brook <lena@mill.example>\nTo: Rosa <rosa@pier.example>\nSent: Wed, Oct 9, 2019 14:41:00 GMT+00:00\nSubject: Mill\n\nDid it work?\n",
        "Ok.",
    ),
    "en-unquoted-213": (
        'Ok.\n\n----- Original Message ----- \nFrom: "Lena Brook" <lena@mill.example>\nTo: <rosa@pier.example>\nSent: Wednesday, October 09, 2019 7:41 AM\nSubject: Mill\n\n\n> Did it work?\n>\n> Lena\n',
        "Ok.",
    ),
    "en-unquoted-214": (
        'Ok.\n\n> ----- Original Message ----- \n> From: "Lena Brook" <lena@mill.example>\n> To: <rosa@pier.example>\n> Sent: Wednesday, October 09, 2019 7:41 AM\n> Subject: Mill\n>\n>\n> Did it work?\n>\n',
        "Ok.",
    ),
    "en-unquoted-215": (
        "Ok.\n\nTo: rosa@pier.example\nFrom: lena@mill.example\nDate: Wed, 9 Oct 2019 07:41:00 +0100\nSubject: Mill\n\nDid it work?\n",
        "Ok.",
    ),
    "en-unquoted-216": (
        "Ok.\n\nDate: Wed, 9 Oct 2019 07:41:00 +0100\nSubject: Mill\nFrom: lena@mill.example\nTo: rosa@pier.example\n\nDid it work?\n",
        "Ok.",
    ),
    "en-unquoted-217": (
        "Ok.\n\nSubject: Mill\nDate: Wed, 9 Oct 2019 07:41:00 +0100\nFrom: lena@mill.example\n\nDid it work?\n",
        "Ok.",
    ),
    "en-unquoted-218": (
        "Ok.\n\n* From: Lena Brook <lena@mill.example>\n* Date: Wed, 9 Oct 2019 07:41:00 +0100\n* To: rosa@pier.example\n* Subject: Mill\n\nDid it work?\n",
        "Ok.",
    ),
    "en-unquoted-219": (
        "Ok.\n\n| From: Lena Brook <lena@mill.example>\n| Date: Wed, 9 Oct 2019 07:41:00 +0100\n| Subject: Mill\n|\n| Did it work?\n",
        "Ok.",
    ),
    "en-unquoted-220": (
        "Ok.\n\nFrom : Lena Brook <lena@mill.example>\nSent : 09 October 2019 07:41\nTo : rosa@pier.example\nSubject : Mill\n\nDid it work?\n",
        "Ok.",
    ),
    "en-unquoted-221": (
        "Ok.\n\nFROM: Lena Brook\nSENT: Wednesday, October 9, 2019 7:41 AM\nTO: Rosa\nSUBJECT: Mill\n\nDid it work?\n",
        "Ok.",
    ),
    "en-unquoted-222": (
        "Ok.\n\n\tFrom: Lena Brook\n\tSent: Wednesday, October 9, 2019 7:41 AM\n\tTo: Rosa\n\tSubject: Mill\n\n\tDid it work?\n",
        "Ok.",
    ),
    "en-unquoted-223": (
        "Ok.\n\nLena Brook ---10/09/2019 07:41:00 AM---Did it work? Please tell me.\n\nFrom: Lena Brook/Mill\nTo: rosa@pier.example\nDate: 10/09/2019 07:41 AM\nSubject: Mill\n\nDid it work? Please tell me.\n",
        "Ok.\n\nLena Brook ---10/09/2019 07:41:00 AM---Did it work? Please tell me.",
    ),
    "de-unquoted-224": (
        "Ok.\n\nVon: Lena Brook [mailto:lena@mill.example] Im Auftrag von Mühle\nGesendet: Mittwoch, 9. Oktober 2019 07:41\nAn: Rosa\nBetreff: Mühle\n\nGeht es?\n",
        "Ok.",
    ),
    "de-unquoted-225": (
        "Ok.\n\nLena Brook <lena@mill.example> hat am 09.10.2019 um 07:41 geschrieben:\n\nGeht es?\n",
        "Ok.",
    ),
    "de-unquoted-226": ('Ok.\n\nAm 09.10.19, 07:41 schrieb "Lena Brook" <lena@mill.example>:\n\n    Geht es?\n', "Ok."),
    "de-unquoted-227": (
        "Ok.\n\n---------- Ursprüngliche Nachricht ----------\nVon: Lena Brook <lena@mill.example>\nAn: rosa@pier.example\nDatum: 9. Oktober 2019 um 07:41\nBetreff: Mühle\n\nGeht es?\n",
        "Ok.",
    ),
    "de-top-228": (
        "Ok.\n\nLena Brook <lena@mill.example> schrieb am Mi. 9. Okt. 2019 um 07:41:\n\n> Geht es?\n",
        "Ok.",
    ),
    "de-top-229": (
        'Ok!\n\nGesendet mit der mobilen Mail App\n\nAm 09.10.19 um 07:41 schrieb Lena Brook:\n\n> Von: "Lena Brook" <lena@mill.example>\n> Datum: 9. Oktober 2019\n> An: rosa@pier.example\n> Cc: \n> Betreff: Mühle\n> Geht es?\n',
        "Ok!",
    ),
    "fr-unquoted-230": (
        "D'accord.\n\nDe : Lena Brook [mailto:lena@mill.example] \nEnvoyé : mercredi 9 octobre 2019 07:41\nÀ : Rosa\nObjet : Moulin\n\nÇa marche ?\n",
        "D'accord.",
    ),
    "fr-unquoted-231": (
        "D'accord.\n\n-------- Message d'origine --------\nDe : Lena Brook <lena@mill.example>\nDate : 09/10/2019 07:41 (GMT+01:00)\nÀ : rosa@pier.example\nObjet : Moulin\n\nÇa marche ?\n",
        "D'accord.",
    ),
    "es-unquoted-232": (
        "Vale.\n\n-------- Mensaje original --------\nDe: Lena Brook <lena@mill.example>\nFecha: 9/10/19 07:41 (GMT+01:00)\nPara: rosa@pier.example\nAsunto: Molino\n\n¿Funciona?\n",
        "Vale.",
    ),
    "it-unquoted-233": (
        "Va bene.\n\n-------- Messaggio originale --------\nDa: Lena Brook <lena@mill.example>\nData: 09/10/19 07:41 (GMT+01:00)\nA: rosa@pier.example\nOggetto: Mulino\n\nFunziona?\n",
        "Va bene.",
    ),
    "pt-unquoted-234": (
        "Ok.\n\n-------- Mensagem original --------\nDe: Lena Brook <lena@mill.example>\nData: 09/10/2019 07:41 (GMT-03:00)\nPara: rosa@pier.example\nAssunto: Moinho\n\nFunciona?\n",
        "Ok.",
    ),
    "pl-unquoted-235": (
        "Ok.\n\n-------- Oryginalna wiadomość --------\nOd: Lena Brook <lena@mill.example>\nData: 09.10.2019 07:41 (GMT+01:00)\nDo: rosa@pier.example\nTemat: Młyn\n\nDziała?\n",
        "Ok.",
    ),
    "nl-unquoted-236": (
        "Ok.\n\n-------- Oorspronkelijk bericht --------\nVan: Lena Brook <lena@mill.example>\nDatum: 09-10-19 07:41 (GMT+01:00)\nAan: rosa@pier.example\nOnderwerp: Molen\n\nWerkt het?\n",
        "Ok.",
    ),
    "ja-unquoted-237": (
        "了解。\n\n-------- 元のメッセージ --------\n差出人: Lena Brook <lena@mill.example>\n日付: 2019/10/09 07:41 (GMT+09:00)\n宛先: rosa@pier.example\n件名: 水車\n\n動きますか。\n",
        "了解。",
    ),
    "en-disclaimer-238": (
        "CAUTION: External email. Do not click links.\n\nOk.\n\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n> Did it work?\n",
        "CAUTION: External email. Do not click links.\n\nOk.",
    ),
    "en-list-footer-239": (
        'Ok.\n\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n> Did it work?\n\n--~--~---------~--~----~------------~-------~--~----~\nYou received this message because you are subscribed to the group "mill".\nTo post to this group, send email to mill@groups.example\n-~----------~----~----~----~------~----~------~--~---',
        'Ok.\n\n\n--~--~---------~--~----~------------~-------~--~----~\nYou received this message because you are subscribed to the group "mill".\nTo post to this group, send email to mill@groups.example\n-~----------~----~----~----~------~----~------~--~---',
    ),
    "en-list-footer-240": (
        'Ok.\n\n-- \nYou received this message because you are subscribed to the group "mill".\nTo unsubscribe, send an email to mill+u@groups.example.',
        "Ok.",
    ),
    "en-code-241": (
        'Try:\n\n```\nfor x in a:\n    print("> ", x)\n```\n\nor `echo a > b`.\n\nOn Wed, Oct 9, 2019 at 7:41 AM Lena Brook <lena@mill.example> wrote:\n> How?\n',
        'Try:\n\n```\nfor x in a:\n    print("> ", x)\n```\n\nor `echo a > b`.',
    ),
    "en-same-line-242": (
        "Ok, thanks. Sent from my iPhone On Oct 9, 2019, at 7:41 AM, Lena Brook <lena@mill.example> wrote: Did it work?",
        "Ok, thanks. Sent from my iPhone",
    ),
    "en-same-line-243": (
        "Ok, thanks. From: Lena Brook <lena@mill.example> Sent: Wednesday, October 9, 2019 7:41 AM To: Rosa <rosa@pier.example> Subject: Mill Did it work?",
        "Ok, thanks.",
    ),
    "en-same-line-244": (
        "Ok\nFrom: Lena Brook <lena@mill.example> Sent: Wednesday, October 9, 2019 7:41 AM To: Rosa <rosa@pier.example> Subject: Mill Did it work?",
        "Ok",
    ),
    "en-forward-301": (
        "For you.\n\n---------- Forwarded conversation ----------\nSubject: Ferns\n------------------------\n\nFrom: Nora Finch <nora@fern.example>\nDate: Tue, Nov 12, 2019 at 4:20 PM\nTo: Rosa <rosa@pier.example>\n\n\nFerns are green.\n\n----------\nFrom: Rosa <rosa@pier.example>\nDate: Tue, Nov 12, 2019 at 5:00 PM\nTo: Nora Finch <nora@fern.example>\n\n\nThey are.\n",
        "For you.",
    ),
    "en-forward-302": (
        "For you.\n\n-------- Forwarded Message --------\nSubject: \tFerns\nDate: \tTue, 12 Nov 2019 16:20:00 +0000\nFrom: \tNora Finch <nora@fern.example>\nReply-To: \tferns@fern.example\nTo: \tRosa <rosa@pier.example>\nCC: \tOla <ola@pier.example>\n\nFerns are green.\n",
        "For you.",
    ),
    "en-forward-303": (
        "For you.\n\nBegin forwarded message:\n\nFrom: Nora Finch <nora@fern.example>\nSubject: Ferns\nDate: November 12, 2019 at 4:20:00 PM GMT\nTo: Rosa <rosa@pier.example>\nReply-To: ferns@fern.example\n\nFerns are green.\n",
        "For you.",
    ),
    "en-forward-304": (
        "Begin forwarded message:\n\n> From: Nora Finch <nora@fern.example>\n> Subject: Ferns\n> Date: November 12, 2019 at 4:20:00 PM GMT\n> To: Rosa <rosa@pier.example>\n> \n> Ferns are green.\n> \n\nThis is what I meant.\n",
        "This is what I meant.",
    ),
    "en-forward-305": (
        "This is what I meant.\n\nRosa\n\n> -----Original Message-----\n> From: Nora Finch <nora@fern.example>\n> Sent: Tuesday, November 12, 2019 4:20 PM\n> To: Rosa\n> Subject: Ferns\n> \n> Ferns are green.\n",
        "This is what I meant.\n\nRosa",
    ),
    "en-forward-306": (
        "Look.\n\n----- Forwarded message -----\nFrom: Nora Finch <nora@fern.example>\nDate: 12/11/2019\nTo: Rosa\nSubject: Ferns\n\n> Are ferns green?\n\nThey are.\n\nNora\n",
        "Look.",
    ),
    "en-delims-307": (
        "Fine.\n\n---\nNora Finch wrote:\n\nFerns are green.\n",
        "Fine.\n\n---\nNora Finch wrote:\n\nFerns are green.",
    ),
    "en-delims-308": (
        "Fine.\n\n*****************************\nFrom: Nora Finch <nora@fern.example>\nSent: Tuesday, November 12, 2019 4:20 PM\n\nFerns.\n",
        "Fine.",
    ),
    "en-delims-309": (
        "Fine.\n\n===============================================\nFrom: Nora Finch <nora@fern.example>\nTo: Rosa\nDate: 12 Nov 2019\nSubject: Ferns\n===============================================\n\nFerns.\n",
        "Fine.",
    ),
    "en-delims-310": (
        'Fine.\n\n------------------ Original ------------------\nFrom: "Nora"<nora@fern.example>\nSend time: Tuesday, Nov 12, 2019 4:20 PM\nTo: "Rosa"<rosa@pier.example>\nSubject: Ferns\n\nFerns.\n',
        "Fine.",
    ),
    "en-delims-311": (
        "Fine.\n\n~~~~~~~~~~~~~~~~~~~~~~~~\nOn Tue, Nov 12, 2019 at 4:20 PM, Nora wrote:\n\nFerns.\n",
        "Fine.\n\n~~~~~~~~~~~~~~~~~~~~~~~~",
    ),
    "en-helpdesk-312": ("Fine.\n\n---- Reply above this line ----\n\nNora wrote:\n\nFerns.\n", "Fine."),
    "en-helpdesk-313": (
        "Fine.\n\n----- Please reply above this line -----\n\nNora has replied to your request.\n",
        "Fine.",
    ),
    "en-helpdesk-314": ("Fine.\n\n##-- Reply to this mail above this line --##\nNora has replied.\n", "Fine."),
    "en-helpdesk-315": ("Fine.\n\n*** Please write your reply above this line ***\n\nNora has replied.\n", "Fine."),
    "en-helpdesk-316": (
        "Fine.\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example> wrote:\n\n> *** Reply above this line ***\n>\n> Nora has replied.\n",
        "Fine.",
    ),
    "en-helpdesk-317": (
        "Fine.\n\n________________________________\n\nReply above this line to comment on ticket 12\n\nNora has replied.\n",
        "Fine.",
    ),
    "en-helpdesk-318": ("Fine.\n\n- - - - - Reply above this line - - - - -\n\nNora has replied.\n", "Fine."),
    "en-helpdesk-319": (
        "Fine.\n\nNora Finch (Fern Desk)\nNov 12, 4:20 PM GMT\n\nFerns.\n\nRosa Marlow\nNov 11, 9:00 AM GMT\n\nHello.\n",
        "Fine.\n\nNora Finch (Fern Desk)\nNov 12, 4:20 PM GMT\n\nFerns.\n\nRosa Marlow\nNov 11, 9:00 AM GMT\n\nHello.",
    ),
    "en-top-320": (
        "Fine.\n\nOn Tue, Nov 12, 2019 at 4:20 PM, Nora Finch <nora@fern.example> wrote:\n\n>\n>\n> Ferns.\n>\n>\n",
        "Fine.",
    ),
    "en-top-321": (
        'Fine.\nOn Nov 12, 2019 4:20 PM, "Nora Finch" <nora@fern.example> wrote:\n\n>  Ferns.\n>\n>  Green.\n>\n',
        "Fine.",
    ),
    "en-top-322": (
        "Fine\n\nOn Tuesday, November 12, 2019, Nora Finch <\nnora@fern.example> wrote:\n> Ferns.\n\n\n-- \nRosa\n",
        "Fine",
    ),
    "en-top-323": (
        "> Ferns.\n\nFine.\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example> wrote:\n> Ferns.\n> Green.\n",
        "Fine.",
    ),
    "en-top-324": (
        "Fine.\n\n-Rosa\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example> wrote:\n> Ferns.\n",
        "Fine.\n\n-Rosa",
    ),
    "en-top-325": (
        "Fine.\n\n- Rosa\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example> wrote:\n> Ferns.\n",
        "Fine.\n\n- Rosa",
    ),
    "en-top-326": (
        "Fine.\n\n~Rosa\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example> wrote:\n> Ferns.\n",
        "Fine.\n\n~Rosa",
    ),
    "en-top-327": (
        "Fine.\n\nRosa\n***\nRosa Marlow, Pier 9\n***\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example> wrote:\n> Ferns.\n",
        "Fine.\n\nRosa\n***\nRosa Marlow, Pier 9\n***",
    ),
    "en-top-328": (
        "Fine.\n\nOn Tue, Nov 12, 2019 at 4:20 PM, Nora Finch (fern.example) <\nmessages-noreply@fern.example> wrote:\n> [image: Fern] <https://fern.example/a>\n> Ferns\n> <https://fern.example/b>\n",
        "Fine.",
    ),
    "en-top-329": (
        "Fine.\n\nOn Tue, Nov 12, 2019, at 16:20, Nora Finch wrote:\n> Ferns.\n> \n> *Attachments:*\n>  * fern.jpg\n",
        "Fine.",
    ),
    "en-top-330": (
        "Fine.\n\nOn 11/12/2019 04:20 PM, Nora Finch <nora@fern.example> wrote:\n> Ferns.\n\n\n\n\n\n",
        "Fine.",
    ),
    "en-top-331": (
        "Fine.\n\nNora Finch<mailto:nora@fern.example>\n12 November 2019 at 16:20\n\nFerns.\n",
        "Fine.\n\nNora Finch<mailto:nora@fern.example>\n12 November 2019 at 16:20\n\nFerns.",
    ),
    "en-top-332": (
        "Fine.\n\n> Nora Finch <mailto:nora@fern.example>\n> 12 November 2019 at 16:20\n>\n> Ferns.\n",
        "Fine.",
    ),
    "en-top-333": (
        'Fine.\n\nSent: Tuesday, November 12, 2019 at 4:20 PM\nFrom: "Nora Finch" <nora@fern.example>\nTo: rosa@pier.example\nSubject: Ferns\n\nFerns.\n',
        "Fine.",
    ),
    "en-top-334": (
        "Fine.\n\nFrom: Nora Finch\nSent: November-12-19 4:20 PM\nTo: Rosa\nSubject: RE: Ferns\n\nFerns.\n",
        "Fine.",
    ),
    "en-top-335": (
        "Fine.\n\nFrom: Nora Finch\nSent: 2019-11-12 16:20\nTo: Rosa\nSubject: RE: Ferns\nImportance: High\n\nFerns.\n",
        "Fine.",
    ),
    "en-top-336": (
        "Fine.\n\nFrom:Nora Finch\nSent:Tuesday, November 12, 2019 4:20 PM\nTo:Rosa\nSubject:RE: Ferns\n\nFerns.\n",
        "Fine.",
    ),
    "en-top-337": (
        'Fine.\n\n\nFrom:\t"Nora Finch" <nora@fern.example>\nTo:\t<rosa@pier.example>\nDate:\t12/11/2019 16:20\nSubject:\tFerns\n\n\nFerns.\n',
        "Fine.",
    ),
    "en-top-338": (
        "Fine.\n\nOriginal Message:\n-----------------\nFrom: Nora Finch nora@fern.example\nDate: Tue, 12 Nov 2019 16:20:00 -0500\nTo: rosa@pier.example\nSubject: Ferns\n\nFerns.\n",
        "Fine.\n\nOriginal Message:",
    ),
    "en-top-339": (
        "Fine.\n\n> Date: Tue, 12 Nov 2019 16:20:00 -0500\n> From: nora@fern.example\n> Subject: Ferns\n> To: rosa@pier.example\n> \n> Ferns.\n \t\t \t   \t\t  ",
        "Fine.",
    ),
    "en-top-340": (
        "Fine.\n\nDate: Tue, 12 Nov 2019 16:20:00 -0500\nFrom: nora@fern.example\nSubject: Ferns\nTo: rosa@pier.example\n\nFerns.\n \t\t \t   \t\t  ",
        "Fine.",
    ),
    "en-top-341": (
        "Fine.\n\nSubject: Re: Ferns\nFrom: nora@fern.example\nDate: Tue, 12 Nov 2019 16:20:00 -0500\nTo: rosa@pier.example\n\nFerns.\n",
        "Fine.",
    ),
    "en-top-342": (
        "Fine.\n\n--- On Tue, 11/12/19, Nora Finch <nora@fern.example> wrote:\n\nFrom: Nora Finch <nora@fern.example>\nSubject: Ferns\nTo: rosa@pier.example\nDate: Tuesday, November 12, 2019, 4:20 PM\n\nFerns.\n",
        "Fine.",
    ),
    "en-top-343": (
        "Fine.\n\nOn Tue, 11/12/19, Nora Finch <nora@fern.example> wrote:\n\n Subject: Ferns\n To: rosa@pier.example\n Date: Tuesday, November 12, 2019, 4:20 PM\n \n Ferns.\n",
        "Fine.",
    ),
    "en-top-344": (
        "Fine.\n\n________________________________\n From: Nora Finch <nora@fern.example>\nTo: Rosa <rosa@pier.example> \nSent: Tuesday, November 12, 2019 4:20 PM\nSubject: Ferns\n \n\nFerns.\n",
        "Fine.",
    ),
    "en-inline-346": (
        "Hi,\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example> wrote:\n\n> Are ferns green?\n>\n\nYes, Nora.\n\n\n> Are they big?\n>\n> And old?\n>\n\nNot all.\n\n>\n> Nora\n>\n\nRosa\n",
        "Hi,\n\n\n> Are ferns green?\n\nYes, Nora.\n\n\n> And old?\n\nNot all.\n\n> Nora\n\nRosa",
    ),
    "en-inline-347": (
        "On Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example> wrote:\n> Are ferns green?\n\nYes.\n\n> Are they big?\n\nNo.\n\n> > And?\n> Old?\n\nYes.\n\n-- \nRosa\n\n> P.S. Thanks\n",
        "> Are ferns green?\n\nYes.\n\n> Are they big?\n\nNo.\n\n> > And?\n> Old?\n\nYes.",
    ),
    "en-inline-348": (
        "Nora Finch <nora@fern.example> wrote on Tue, 12 Nov 2019:\n\n>Are ferns green?\nYes.\n>Big?\nNo.\n",
        ">Are ferns green?\nYes.\n>Big?\nNo.",
    ),
    "en-noquote-357": (
        "Text with a footnote [1] and more.\n\n--\n[1] https://fern.example/1\n",
        "Text with a footnote [1] and more.",
    ),
    "en-sig-359": (
        "Fine.\n\nRegards,\n________________\nRosa Marlow\nFrom: Pier 9\n",
        "Fine.\n\nRegards,\n________________\nRosa Marlow\nFrom: Pier 9",
    ),
    "de-top-362": (
        "Gut.\n\nMit freundlichen Grüßen\n\nRosa Marlow\n\n\nVon: Nora Finch\nGesendet: Dienstag, 12. November 2019 16:20\nAn: Rosa Marlow\nCc: 'Ola Brink'\nBetreff: AW: Farn\nWichtigkeit: Hoch\n\nFarn.\n",
        "Gut.\n\nMit freundlichen Grüßen\n\nRosa Marlow",
    ),
    "de-top-363": (
        "Gut.\n\nAm Di., 12. Nov. 2019 um 16:20 Uhr schrieb Nora Finch <\nnora@fern.example>:\n\n> Farn.\n",
        "Gut.",
    ),
    "de-top-364": (
        "Gut.\n\nAm 12.11.2019 um 16:20 schrieb Nora Finch\n<nora@fern.example <mailto:nora@fern.example>>:\n>\n> Farn.\n",
        "Gut.",
    ),
    "de-top-365": (
        "Gut.\n\n-------- Ursprüngliche Nachricht --------\nVon: Nora Finch <nora@fern.example>\nGesendet: Dienstag, 12. November 2019 16:20:00 MEZ\nAn: Rosa\nBetreff: Farn\n\nFarn.\n",
        "Gut.",
    ),
    "de-top-366": ("Gut.\n\nNachricht vom 12.11.2019 von Nora Finch:\n> Farn.\n", "Gut."),
    "fr-top-367": (
        "Bien.\n\nLe mar. 12 nov. 2019 à 16:20, Nora Finch <nora@fern.example> a\nécrit :\n\n> Fougère.\n",
        "Bien.",
    ),
    "fr-top-368": (
        "Bien.\n\nEnvoyé de mon iPhone\n\nLe 12 nov. 2019 à 16:20, Nora Finch <nora@fern.example> a écrit :\n\nFougère.\n",
        "Bien.",
    ),
    "fr-top-369": (
        "Bien.\n\n-----Message d'origine-----\nDe : Nora Finch [mailto:nora@fern.example]\nEnvoyé : mardi 12 novembre 2019 16:20\nÀ : Rosa\nObjet : Fougère\n\nFougère.\n",
        "Bien.",
    ),
    "es-top-370": (
        "Bien.\n\nEl mar, 12 nov 2019 a las 16:20, Nora Finch (<nora@fern.example>)\nescribió:\n\n> Helecho.\n",
        "Bien.",
    ),
    "es-top-371": (
        "Bien.\n\nEl 12 de noviembre de 2019, 16:20, Nora Finch <nora@fern.example>\nescribió:\n\nHelecho.\n",
        "Bien.",
    ),
    "it-top-372": (
        "Bene.\n\nIl giorno mar 12 nov 2019 alle ore 16:20 Nora Finch <\nnora@fern.example> ha scritto:\n\n> Felce.\n",
        "Bene.",
    ),
    "pt-top-373": (
        "Bem.\n\nEm ter., 12 de nov. de 2019 às 16:20, Nora Finch <nora@fern.example>\nescreveu:\n\n> Feto.\n",
        "Bem.",
    ),
    "pl-top-374": (
        "Dobrze.\n\nwt., 12 lis 2019 o 16:20 Nora Finch <nora@fern.example> napisał(a):\n\n> Paproć.\n",
        "Dobrze.",
    ),
    "ru-top-375": (
        "Хорошо.\n\nвт, 12 нояб. 2019 г. в 16:20, Nora Finch <nora@fern.example>:\n\n> Папоротник.\n",
        "Хорошо.",
    ),
    "tr-top-376": (
        "Peki.\n\nNora Finch <nora@fern.example>, 12 Kas 2019 Sal, 16:20 tarihinde şunu\nyazdı:\n\n> Eğrelti.\n",
        "Peki.",
    ),
    "ja-top-377": ("はい。\n\n2019年11月12日(火) 16:20 Nora Finch <nora@fern.example>:\n>\n> シダ。\n>\n", "はい。"),
    "zh-CN-top-378": ("好。\n\nNora Finch <nora@fern.example> 于2019年11月12日周二 下午4:20写道：\n\n> 蕨。\n", "好。"),
    "ko-top-379": (
        "네.\n\n2019년 11월 12일 (화) 오후 4:20, Nora Finch <nora@fern.example>님이 작성:\n\n> 고사리.\n",
        "네.",
    ),
    "he-top-380": (
        "טוב.\n\n\u200f\u202aOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <\u202anora@fern.example\u202c\u200f> wrote:\u202c\u200f\n\nשרך.\n",
        "טוב.",
    ),
    "vi-top-381": (
        "Vâng.\n\nVào Th 3, 12 thg 11, 2019 vào lúc 16:20 Nora Finch <\nnora@fern.example> đã viết:\n\n> Dương xỉ.\n",
        "Vâng.",
    ),
    "nl-top-382": (
        "Goed.\n\nOp di 12 nov. 2019 om 16:20 schreef Nora Finch <nora@fern.example\n>:\n\n> Varen.\n",
        "Goed.",
    ),
    "en-top-383": (
        "Fine.\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch <nora@fern.example\n> wrote:\n\n> Ferns.\n",
        "Fine.",
    ),
    "en-top-384": (
        "Fine.\n\nOn Tue, Nov 12, 2019 at 4:20 PM Nora Finch\n<nora@fern.example> wrote:\n\n    Ferns.\n\n    Green.\n\n",
        "Fine.",
    ),
    "en-top-385": ("Fine.\n\n2019/11/12 Nora Finch <nora@fern.example>\n\n> Ferns.\n", "Fine."),
    "en-top-386": ("Fine.\n\n12 nov 2019 kl. 16:20 skrev Nora Finch <nora@fern.example>:\n\nFerns.\n", "Fine."),
    "en-top-387": (
        "Fine.\n\nOn Tue, 12 Nov 2019 16:20:00 +0000 (UTC), Nora Finch\n<nora@fern.example> wrote:\n>Ferns.\n",
        "Fine.",
    ),
    "en-top-388": ("Fine.\n\nnora@fern.example wrote:\n> Ferns.\n", "Fine."),
    "en-top-389": ("Fine.\n\nNora Finch skrev:\n> Ferns.\n", "Fine."),
    "en-top-390": ("Fine.\n\n@nora wrote:\n> Ferns.\n", "Fine."),
    "en-top-391": ("Fine.\n\nMessage from Nora Finch received on 2019-11-12 16:20:\n> Ferns.\n", "Fine."),
    "en-marks-only": ("Yes.\n>>>>>>>>>>>>>>>>>>>>\n\nAnd no.", "Yes.\n\nAnd no."),
    "en-sent-by": ("Yes.\n\nSent from my Windows 8 PC <http://pc.example/a>\n<<sent by galaxy>>", "Yes."),
    "en-answer-close-1": (
        "On 3 Feb 2020, at 10:15, Lake Clinic <clinic@lake.example> wrote:\n> Please tell us:\n> your current weight in kilos, your height and your last blood pressure\n82, 180, 130/85\n> the medicines that you have been taking regularly since last summer\nnone at all\n",
        "> Please tell us:\n> your current weight in kilos, your height and your last blood pressure\n82, 180, 130/85\n> the medicines that you have been taking regularly since last summer\nnone at all",
    ),
    "en-answer-close-2": (
        "On 3 Feb 2020 10:15, Lake Clinic wrote:\n> Hi, which of the two appointments would you like to take for the scan\nthe first one please\n> Also do you need a letter for work\nyes\n",
        "> Hi, which of the two appointments would you like to take for the scan\nthe first one please\n> Also do you need a letter for work\nyes",
    ),
    "en-answer-close-3": (
        "On 3 Feb 2020, at 10:15, Lake Clinic <clinic@lake.example> wrote:\n> Sorry that you had to wait :(\nno worries :)\n> Is Thursday fine?\nit is\n",
        "> Sorry that you had to wait :(\nno worries :)\n> Is Thursday fine?\nit is",
    ),
    "ar-answer-close": (
        "في الاثنين، 3 فبراير 2020 في 10:15 ص تمت كتابة ما يلي بواسطة العيادة <clinic@buhayra.example>:\n> هل يمكنك الحضور يوم الخميس القادم في الساعة العاشرة صباحا إلى العيادة؟\nنعم سأحضر\n> هل تتناول أي أدوية بشكل منتظم في الوقت الحالي وما هي جرعتها اليومية؟\nلا شيء\n",
        "> هل يمكنك الحضور يوم الخميس القادم في الساعة العاشرة صباحا إلى العيادة؟\nنعم سأحضر\n> هل تتناول أي أدوية بشكل منتظم في الوقت الحالي وما هي جرعتها اليومية؟\nلا شيء",
    ),
    "fa-answer-close": (
        "در تاریخ دوشنبه ۳ فوریه ۲۰۲۰، ۱۰:۱۵ درمانگاه <clinic@darya.example> نوشت:\n> آیا می‌توانید روز پنجشنبه ساعت ده صبح برای آزمایش خون به درمانگاه بیایید؟\nبله می‌آیم\n> آیا داروی خاصی مصرف می‌کنید که باید از آن خبر داشته باشیم؟\nفقط آسپرین\n",
        "> آیا می‌توانید روز پنجشنبه ساعت ده صبح برای آزمایش خون به درمانگاه بیایید؟\nبله می‌آیم\n> آیا داروی خاصی مصرف می‌کنید که باید از آن خبر داشته باشیم؟\nفقط آسپرین",
    ),
    "th-answer-close": (
        "ในวันที่ จ. 3 ก.พ. 2020 เวลา 10:15 คลินิก <clinic@bueng.example> เขียนว่า:\n> คุณสะดวกมาพบแพทย์ในวันพฤหัสบดีเวลาสิบโมงเช้าหรือไม่คะ กรุณาแจ้งกลับ\nสะดวกค่ะ\n> มีอาการแพ้ยาอะไรบ้าง\nไม่มีค่ะ\n",
        "> คุณสะดวกมาพบแพทย์ในวันพฤหัสบดีเวลาสิบโมงเช้าหรือไม่คะ กรุณาแจ้งกลับ\nสะดวกค่ะ\n> มีอาการแพ้ยาอะไรบ้าง\nไม่มีค่ะ",
    ),
    "hi-answer-close": (
        "सोम, 3 फ़र॰ 2020 को 10:15 am बजे को क्लिनिक <clinic@jheel.example> ने लिखा:\n> क्या आप अगले बृहस्पतिवार को सुबह दस बजे क्लिनिक में जाँच के लिए आ सकते हैं।\nजी हाँ\n> क्या आपको किसी दवा से एलर्जी है और आप अभी कौन सी दवाएँ ले रहे हैं।\nनहीं\n",
        "> क्या आप अगले बृहस्पतिवार को सुबह दस बजे क्लिनिक में जाँच के लिए आ सकते हैं।\nजी हाँ\n> क्या आपको किसी दवा से एलर्जी है और आप अभी कौन सी दवाएँ ले रहे हैं।\nनहीं",
    ),
    "ro-answer-close": (
        "În lun., 3 feb. 2020 la 10:15, Clinica <clinica@lac.example> a scris:\n> Puteți veni joi dimineață la ora zece pentru analize, pe nemâncate\nda, vin\n> Aveți alergii\nnu\n",
        "> Puteți veni joi dimineață la ora zece pentru analize, pe nemâncate\nda, vin\n> Aveți alergii\nnu",
    ),
    "ja-answer-close": (
        "2020年2月3日(月) 10:15 クリニック <clinic@mizuumi.example>:\n> 薬は飲んでいますか？\nはい、朝だけ。\n> 痛みはありますか？\nいいえ。\n",
        "> 薬は飲んでいますか？\nはい、朝だけ。\n> 痛みはありますか？\nいいえ。",
    ),
    "en-long-link": (
        "I agree.\n\nOn Mon, 3 Feb 2020 at 10:15, Lake Clinic <\nclinic-with-a-very-long-name@lake.example> wrote:\n\n> Read it at https://portal.lake.example/t/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nbbbbbbbbbbbbbbbbbbb\n> Bye\n",
        "I agree.",
    ),
    "en-answer-dated-1": (
        "On 3/2/20 10:15, Lake Clinic wrote:\n> When was your last visit?\n\nMy last visit was on 6 May 2019 (at 10:15)\n\n> Which mail shall we use?\n\nana.new@example.com (since 1 Jan 2020)\n\n> Any medicines?\n\nSince 6 May 2019 I take:\n\n> Allergies?\n\nNone.\n",
        "> When was your last visit?\n\nMy last visit was on 6 May 2019 (at 10:15)\n\n> Which mail shall we use?\n\nana.new@example.com (since 1 Jan 2020)\n\n> Any medicines?\n\nSince 6 May 2019 I take:\n\n> Allergies?\n\nNone.",
    ),
    "en-answer-dated-2": (
        "Lake Clinic <clinic@lake.example> writes:\n\n> Since when do you have the rash?\nFirst seen: 6 May 2019 (evening, 21:05)\n> And the fever?\nFrom 7 May 2019 on, every day at 21:05:\n> How high?\n38.5\n",
        "> Since when do you have the rash?\nFirst seen: 6 May 2019 (evening, 21:05)\n> And the fever?\nFrom 7 May 2019 on, every day at 21:05:\n> How high?\n38.5",
    ),
    "en-answer-dated-3": (
        "On 3/2/20 10:15, Lake Clinic wrote:\n> When did it start?\nOn 6 May 2019, as I wrote in the form (page 2)\n> How often does it hurt?\nEvery morning.\n",
        "> When did it start?\nOn 6 May 2019, as I wrote in the form (page 2)\n> How often does it hurt?\nEvery morning.",
    ),
    "en-you-wrote": (
        "Hello,\n\nin your last letter you wrote:\n\n> Please bring the blue form.\n\nI cannot find it anywhere. Could you send another?\n\nAna",
        "Hello,\n\nin your last letter you wrote:\n\n> Please bring the blue form.\n\nI cannot find it anywhere. Could you send another?\n\nAna",
    ),
    "en-sig-above-answers": (
        "Answers below.\n\n-- \nAna Ruiz\nLake Street 1\n\nOn 3/2/20 10:15, Lake Clinic wrote:\n> Which day?\n\nThursday.\n\n> Who drives?\n\nMy sister does, and she can wait outside.\n",
        "Answers below.\n\n> Which day?\n\nThursday.\n\n> Who drives?\n\nMy sister does, and she can wait outside.",
    ),
    "en-sig-above-answer": (
        "Hello,\n\n-- \nAna Ruiz\n\nOn 3/2/20 10:15, Lake Clinic wrote:\n> Which day?\n\nThursday would suit me best.\n",
        "Hello,\n\n\nThursday would suit me best.",
    ),
    "en-mobile-sig-above-answer": (
        "See below.\n\nSent from my iPhone\n\nOn 3 Feb 2020, at 10:15, Lake Clinic <clinic@lake.example> wrote:\n\n> Which day?\n\nThursday would suit me best.\n",
        "See below.\n\n\nThursday would suit me best.",
    ),
    "ru-sig-above-answers": (
        'Спасибо, отвечаю ниже.\n\n-- \nМария\n\n03.02.2020, 10:15, "Клиника" <klinika@ozero.example>:\n> Когда вам удобно?\n\nВ четверг после двух.\n\n> Кто будет сопровождать?\n\nМуж.\n',
        "Спасибо, отвечаю ниже.\n\n> Когда вам удобно?\n\nВ четверг после двух.\n\n> Кто будет сопровождать?\n\nМуж.",
    ),
    "pt-forwarded-said": (
        "Mensagem encaminhada.\n\nEm seg., 3 de fev. de 2020 às 10:15, Clínica <clinica@lago.example> escreveu:\n\n> Pode reencaminhar a mensagem ao hospital?\n",
        "Mensagem encaminhada.",
    ),
    "fr-message-du": (
        'C\'est noté pour jeudi.\n\nMessage du 03/02/20 10:15\nDe : "Cabinet du Lac" <cabinet@lac.example>\nA : "Paul" <paul@exemple.example>\nCopie à : \nObjet : Rendez-vous\n\nPouvez-vous venir jeudi ?\n',
        "C'est noté pour jeudi.",
    ),
    "en-notes-columns": (
        'Yes, fine.\n\n\n\nLake Clinic <clinic@lake.example> \n02/03/2020 10:15 AM\n\nTo\n"ana@example.com" <ana@example.com>\ncc\n\nSubject\nVisit\n\n\nIs Thursday fine?\n',
        "Yes, fine.",
    ),
    "en-original-message-undashed": (
        "Yes, Thursday.\n\nSent from my BlackBerry 10 smartphone.\n\n  Original Message  \nFrom: Lake Clinic\nSent: Monday, 3 February 2020 10:15\nTo: ana@example.com\nSubject: Visit\n\nIs Thursday fine?\n",
        "Yes, Thursday.",
    ),
    "en-time-close-to-header": (
        "Thursday 6 Feb 2020 10:15\nFrom: Lake Clinic <clinic@lake.example>\nSent: Monday, February 3, 2020 10:15 AM\nTo: Ana\nSubject: When?\n\nWhen?\n",
        "Thursday 6 Feb 2020 10:15",
    ),
    "en-answer-close-4": (
        "On 3/2/20 10:15, Lake Clinic wrote:\n> tell us whether you can come next week, and on which of the days\nyes, on thursday.\n> and whether somebody can drive you home\nno.\n",
        "> tell us whether you can come next week, and on which of the days\nyes, on thursday.\n> and whether somebody can drive you home\nno.",
    ),
    "de-answer-dated": (
        "Am 03.02.20 um 10:15 schrieb Praxis am See:\n> Seit wann?\nSeit dem 6. Mai 2019, abends gegen 21:05 Uhr:\nerst der Arm, dann das Bein.\n> Und jetzt?\nHeute, 4.2.2020 (8:30 Uhr)\n> Fieber?\nnein\n",
        "> Seit wann?\nSeit dem 6. Mai 2019, abends gegen 21:05 Uhr:\nerst der Arm, dann das Bein.\n> Und jetzt?\nHeute, 4.2.2020 (8:30 Uhr)\n> Fieber?\nnein",
    ),
    "ja-answer-dated": (
        "2020年2月3日(月) 10:15 クリニック <clinic@mizuumi.example>:\n> いつからですか？\n\n2019年5月6日 21:05頃からです：\n腕が痛みました。\n\n> 今は？\n\n2020年2月4日（8:30）\n\n> 以上です。\n",
        "> いつからですか？\n\n2019年5月6日 21:05頃からです：\n腕が痛みました。\n\n> 今は？\n\n2020年2月4日（8:30）",
    ),
    "es-answer-dated": (
        "El lun, 3 feb 2020 a las 10:15, Clínica (<clinica@lago.example>) escribió:\n> ¿Desde cuándo?\nDesde el 6 de mayo de 2019 (por la noche, 21:05)\n> ¿Y ahora?\nIgual.\n",
        "> ¿Desde cuándo?\nDesde el 6 de mayo de 2019 (por la noche, 21:05)\n> ¿Y ahora?\nIgual.",
    ),
    "bn-answer-close": (
        "সোম, ৩ ফেব, ২০২০ তারিখে ১০:১৫ AM টায় ক্লিনিক <clinic@jhil.example> লিখেছেন:\n> আপনি কি বৃহস্পতিবার সকালে রক্ত পরীক্ষার জন্য ক্লিনিকে আসতে পারবেন?\nহ্যাঁ\n> কোন ওষুধে সমস্যা হয়?\nনা\n",
        "> আপনি কি বৃহস্পতিবার সকালে রক্ত পরীক্ষার জন্য ক্লিনিকে আসতে পারবেন?\nহ্যাঁ\n> কোন ওষুধে সমস্যা হয়?\nনা",
    ),
    "ka-answer-close": (
        "ორშ, 3 თებ. 2020, 10:15 კლინიკა <clinic@tba.example> დაწერა:\n> შეგიძლიათ მოხვიდეთ ხუთშაბათს დილის ათ საათზე ანალიზებისთვის ჩვენთან?\nდიახ\n> ალერგია გაქვთ?\nარა\n",
        "> შეგიძლიათ მოხვიდეთ ხუთშაბათს დილის ათ საათზე ანალიზებისთვის ჩვენთან?\nდიახ\n> ალერგია გაქვთ?\nარა",
    ),
    "tr-answer-close": (
        "Göl Kliniği <klinik@gol.example>, 3 Şub 2020 Pzt, 10:15 tarihinde şunu yazdı:\n> Perşembe sabahı saat onda kan tahlili için aç karnına gelebilir misiniz\nevet\n> Alerjiniz var mı\nyok\n",
        "> Perşembe sabahı saat onda kan tahlili için aç karnına gelebilir misiniz\nevet\n> Alerjiniz var mı\nyok",
    ),
    "id-answer-close": (
        "Pada tanggal Sen, 3 Feb 2020 pukul 10.15 Klinik Danau <klinik@danau.example> menulis:\n> Apakah Ibu bisa datang hari Kamis pagi jam sepuluh untuk tes darah\nbisa\n> Ada alergi obat\ntidak ada\n",
        "> Apakah Ibu bisa datang hari Kamis pagi jam sepuluh untuk tes darah\nbisa\n> Ada alergi obat\ntidak ada",
    ),
    "ja-fullwidth-marks": (
        "クリニックさんは書きました：\n＞木曜日はいかがですか。\n＞お薬は飲んでいますか。\n\n木曜日で大丈夫です。\n",
        "木曜日で大丈夫です。",
    ),
    "so-top-1": (
        "Haa, waan imanayaa.\n\nIsn, Feb 3, 2020, 10:15 AM Rugta <rugta@haro.example> ayaa qoray:\n\n> Khamiis ma habboon tahay?\n",
        "Haa, waan imanayaa.",
    ),
    "ha-top-1": (
        "Eh, zan zo.\n\nA ran Lit, 3 Fab 2020 da 10:15 Asibiti <asibiti@tafki.example> ya rubuta:\n\n> Alhamis ya yi?\n",
        "Eh, zan zo.",
    ),
    "yo-top-1": (
        "Bẹ́ẹ̀ni.\n\nNí Ajé, 3 Èrè 2020 ní 10:15, Ilé ìwòsàn <clinic@adagun.example> kọ̀wé:\n\n> Ṣé Ọjọ́bọ̀ dára?\n",
        "Bẹ́ẹ̀ni.",
    ),
    "ku-top-1": (
        "Erê, têm.\n\nDi Dş, 3 Sib 2020, 10:15 de Klînîk <klinik@gol.example> nivîsî:\n\n> Pêncşem baş e?\n",
        "Erê, têm.",
    ),
    "ps-top-1": (
        "هو، راځم.\n\nد دوشنبې په ورځ، 3 فبروري 2020، 10:15 کلینیک <clinic@dand.example> ولیکل:\n\n> پنجشنبه سمه ده؟\n",
        "هو، راځم.",
    ),
    "br-top-1": (
        "Mat eo.\n\nD'al Lun 3 C'hwe 2020 da 10:15, Klinikenn <klinik@lenn.example> en deus skrivet :\n\n> Mat eo d'ar Yaou?\n",
        "Mat eo.",
    ),
    "la-top-1": (
        "Placet.\n\nDie 3 Feb 2020, hora 10:15, Clinica <clinica@lacus.example> scripsit:\n\n> Placetne dies Iovis?\n",
        "Placet.",
    ),
    "gd-top-1": (
        "Tha sin math.\n\nAir Diluain 3 Gearran 2020 aig 10:15, sgrìobh Clionaig <clinic@loch.example>:\n\n> A bheil Diardaoin ceart?\n",
        "Tha sin math.",
    ),
    "en-appointment": (
        "I will be there.\n\n-----Original Appointment-----\nFrom: Lake Clinic <clinic@lake.example>\nSent: Monday, February 3, 2020 10:15 AM\nTo: Ana\nSubject: Visit\nWhen: Thursday, February 6, 2020 10:15 AM-10:45 AM.\nWhere: Room 4\n\nPlease come fasting.\n",
        "I will be there.",
    ),
    "en-address-close": (
        "Eva Ruiz <eva@example.com>\nOn 3/2/20 10:15, Lake Clinic wrote:\n> Whose mail?\n",
        "Eva Ruiz <eva@example.com>",
    ),
    "en-labels-above-header": (
        "Name: Ana Ruiz\nDate of birth: 3 Feb 1980\nPhone: 555 0142\n\nFrom: Lake Clinic <clinic@lake.example>\nSent: Monday, February 3, 2020 10:15 AM\nTo: Ana\nSubject: Your data\n\nPlease tell us.\n",
        "Name: Ana Ruiz\nDate of birth: 3 Feb 1980\nPhone: 555 0142",
    ),
    "en-answer-dated-4": (
        "On Mon, Feb 3, 2020 at 10:15 AM Lake Clinic <clinic@lake.example> wrote:\n> 1) Name of the doctor\nDr. Lee (City Hospital, since 3/2/2018)\n> 2) Mail of the doctor\nlee@hospital.example\n> 3) When did you see him last?\n3/1/2020 10:15\n> 4) Will you go again?\nOn 3/4/2020:\nhe wants to see the scan.\n",
        "> 1) Name of the doctor\nDr. Lee (City Hospital, since 3/2/2018)\n> 2) Mail of the doctor\nlee@hospital.example\n> 3) When did you see him last?\n3/1/2020 10:15\n> 4) Will you go again?\nOn 3/4/2020:\nhe wants to see the scan.",
    ),
    "en-answer-wrote": (
        "On 3/2/20 10:15, Lake Clinic wrote:\n> What did the lab say?\nThe lab wrote:\nall normal\n> And the doctor?\nHe wrote nothing:\nhe called.\n",
        "> What did the lab say?\nThe lab wrote:\nall normal\n> And the doctor?\nHe wrote nothing:\nhe called.",
    ),
    "en-answer-telephone": (
        "On 3/2/20 10:15, Lake Clinic wrote:\n> How did you send the form?\n\nSent from my iPhone\n\n> And the card?\n\nBy post.\n",
        "> How did you send the form?\n\nSent from my iPhone\n\n> And the card?\n\nBy post.",
    ),
    "az-outlook-hdr": (
        "Bəli.\n\n________________________________\nKimdən: Klinika <klinika@gol.example>\nGöndərildi: bazar ertəsi, 3 fevral 2020 10:15\nKimə: Aysel <aysel@example.com>\nMövzu: Görüş\n\nCümə axşamı?\n",
        "Bəli.",
    ),
    "kk-outlook-hdr": (
        "Иә.\n\n________________________________\nКімнен: Клиника <clinic@kol.example>\nЖіберілген күні: 3 ақпан 2020 ж. 10:15\nКімге: Айгүл <aigul@example.com>\nТақырып: Қабылдау\n\nБейсенбі?\n",
        "Иә.",
    ),
    "hy-outlook-hdr": (
        "Այո։\n\n________________________________\nՈւմից՝ Կլինիկա <clinic@sevan.example>\nՈւղարկվել է՝ 3 փետրվարի 2020 թ. 10:15\nՈւմ՝ Անի <ani@example.com>\nԹեմա՝ Այց\n\nՀինգշաբթի՞։\n",
        "Այո։",
    ),
    "mt-outlook-hdr": (
        "Iva.\n\n________________________________\nMinn: Klinika <klinika@ghadira.example>\nMibgħut: It-Tnejn, 3 ta' Frar 2020 10:15\nLil: Marija <marija@example.com>\nSuġġett: Appuntament\n\nIl-Ħamis?\n",
        "Iva.",
    ),
    "ne-outlook-hdr": (
        "हुन्छ।\n\n________________________________\nबाट: क्लिनिक <clinic@taal.example>\nपठाइएको: सोमबार, फेब्रुअरी ३, २०२० १०:१५\nलाई: सीता <sita@example.com>\nविषय: भेट\n\nबिहीबार?\n",
        "हुन्छ।",
    ),
    "en-answer-mu4e": (
        "Lake Clinic writes:\n\n> Which day?\n\nThursday.\n\n> Which hour?\n\nTen.\n",
        "> Which day?\n\nThursday.\n\n> Which hour?\n\nTen.",
    ),
    "en-zoho-desk": (
        "Thanks!\n\n---- on Mon, 03 Feb 2020 10:15:22 +0100 Lake Desk <desk@lake.example> wrote ----\n\nPlease try again.\n",
        "Thanks!",
    ),
    "de-ox-unmarked": (
        "Passt.\n\nPraxis am See <praxis@see.example> hat am 3. Februar 2020 um 10:15 geschrieben:\n\nDonnerstag?\n",
        "Passt.",
    ),
    "en-aquamail": (
        "Yes.\n\n-- Sent with AquaMail for Android https://www.mobisystems.example/aqua-mail\n\nOn 3 February 2020 10:15:22 am Lake Clinic <clinic@lake.example> wrote:\n\n> Thursday?\n",
        "Yes.",
    ),
    "en-yahoo-android": (
        "Ok, at three.\n\nSent from Yahoo Mail on Android \n \n  On Mon, Feb 3, 2020 at 10:15 AM, Dr. Lake Clinic<clinic@lake.example> wrote:   Dear Ana,\n\nThursday at three?\n\nThe clinic\n",
        "Ok, at three.",
    ),
    "de-yahoo-android": (
        "Passt.\n\nVon Yahoo Mail auf Android gesendet \n \n  Am Mo., Feb. 3, 2020 at 10:15 schrieb Praxis am See<praxis@see.example>:   Guten Tag, Donnerstag?\n\nIhre Praxis\n",
        "Passt.",
    ),
    "nl-yahoo-android": (
        "Goed.\n \n  Op ma, feb. 3, 2020 om 10:15 schreef Praktijk<praktijk@meer.example>:   Donderdag?\n",
        "Goed.",
    ),
    "pl-yahoo-android": (
        "Dobrze.\n \n  pon., 3 lut 2020 o 10:15 Gabinet<gabinet@jezioro.example> napisał(a):   Czwartek?\n\nGabinet\n",
        "Dobrze.",
    ),
    "ja-yahoo-android": (
        "はい。\n \n  2020年2月3日(月) 10:15、Clinic<clinic@mizuumi.example>さんは書きました:   木曜日はいかがですか。\n",
        "はい。",
    ),
    "zh-CN-yahoo-android": (
        "好的。\n \n  2020 年 2 月 3 日周一 10:15，诊所<clinic@hu.example> 写道：   星期四可以吗？\n",
        "好的。",
    ),
    "th-yahoo-android": (
        "ได้ค่ะ\n \n  ในวันที่ จ. 3 ก.พ. 2020 เวลา 10:15 คลินิก<clinic@bueng.example> เขียนว่า:   วันพฤหัสบดีได้ไหม\n",
        "ได้ค่ะ",
    ),
    "en-unmarked-around-marks": (
        "Yes.\n\nOn Wed, Mar 4, 2020, 3:14 PM, Lake Clinic wrote:\n\nIs that all?\n\nOn Tue, Mar 3, 2020 at 9:05 AM Eva <eva@example.com> wrote:\n> My knee hurts.\n",
        "Yes.",
    ),
    "en-unmarked-address-around-marks": (
        "Yes.\n\nOn Mar 4, 2020, Lake Clinic <clinic@lake.example> wrote:\n\nIs that all?\n\nOn Tue, Mar 3, 2020 at 9:05 AM Eva <eva@example.com> wrote:\n> My knee hurts.\n",
        "Yes.",
    ),
    "en-route-above-header": (
        "From: home\nTo: work\nFrom: Lake Clinic <clinic@lake.example>\nSent: Monday, February 3, 2020 10:15 AM\nTo: Eva\nSubject: Trip\n\nHow is it?\n",
        "From: home\nTo: work",
    ),
    "de-route-above-header": (
        "Von: Zuhause\nNach: Arbeit\nVon: Praxis <praxis@see.example>\nGesendet: Montag, 3. Februar 2020 10:15\nAn: Eva\nBetreff: Weg\n\nWie geht es?\n",
        "Von: Zuhause\nNach: Arbeit",
    ),
    "en-route-below-a-line": (
        "My way:\nFrom: home\nTo: work\nFrom: Lake Clinic <clinic@lake.example>\nSent: Monday, February 3, 2020 10:15 AM\nTo: Eva\nSubject: Trip\n\nHow is it?\n",
        "My way:\nFrom: home\nTo: work",
    ),
    "zh-TW-mail-above-attribution": (
        "請用 wang@shan.example\n林曉雯 於 2020/2/3 下午 09:05 寫道:\n> 信箱？\n",
        "請用 wang@shan.example",
    ),
    "zh-TW-name-above-date": (
        "好的。\n\n王醫生 <wang@shan.example>\n於 2020年2月3日 下午9:05 寫道:\n> 信箱？\n",
        "好的。",
    ),
}


@pytest.mark.parametrize(("mail", "kept"), PARTED.values(), ids=PARTED)
def test_extract_parts_the_mail(mail: str, kept: str) -> None:
    assert extract(Body(plain=mail)).text == kept
