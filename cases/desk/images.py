"""Images on the page of a case: the table that works without script, and the address they are dropped onto."""

from collections.abc import Callable

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from cases.desk.formsets import RowFormSet
from cases.editing.edit import edit_cases, hold_case, latest_number
from cases.editing.images import add_case_image, delete_case_images, replace_case_image, save_case_image
from cases.editing.renditions import MAX_BYTES, CheckedImage, ImageError, read_image
from cases.models import Case, CaseImage, CaseStatus

ENVELOPE = 64 * 1024  # what a form adds to the image it carries
STATUS = {"too-large": 413, "too-many-pixels": 413}
ACCEPT = "image/jpeg,image/png,image/gif,image/webp,image/bmp,image/tiff"


def check_upload(upload: UploadedFile) -> CheckedImage:
    """Return the image in ``upload``, decoded once for each upload. Raises ``ImageError``."""
    if not hasattr(upload, "checked_image"):
        upload.seek(0)
        # One byte too many is enough to know; the rest of a huge file is not read.
        upload.checked_image = read_image(upload.read(MAX_BYTES + 1))
    return upload.checked_image


def check_uploads(request: HttpRequest) -> None:
    """Decode images before the page's transaction begins, so that nobody waits for it; errors are shown later."""
    for _, uploads in request.FILES.lists():
        for upload in uploads:
            try:
                check_upload(upload)
            except ImageError:
                continue


class UploadedImageField(forms.FileField):
    """An upload that must be an image we can take."""

    widget = forms.FileInput(attrs={"accept": ACCEPT})

    def __init__(self, **kwargs) -> None:
        super().__init__(allow_empty_file=True, **kwargs)  # an empty file is refused in our words

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            try:
                check_upload(upload)
            except ImageError as error:
                raise ValidationError(f"{upload.name}：{error}", code=error.code) from error
        return upload


class CaseImageForm(forms.ModelForm):
    order = forms.IntegerField(
        label="顺序", required=False, min_value=1, max_value=9999, widget=forms.NumberInput(attrs={"class": "vSmall"})
    )
    file = UploadedImageField(label="图片", help_text="JPEG、PNG、GIF、WebP、BMP 或 TIFF，不超过 15 MB。")

    class Meta:
        model = CaseImage
        fields = ("order", "file", "caption", "alt")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["order"] = None  # empty: at the end


class CaseImageFormSet(RowFormSet):
    """Saves through the actions, which write and remove the files.

    Readers get other pictures by a revision: no file would outlast the page that asks about a correction.
    """

    user = None

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["file"].disabled = self.instance.status == CaseStatus.PUBLISHED

    def save_new(self, form, commit: bool = True) -> CaseImage:
        words = form.cleaned_data
        return add_case_image(
            case=self.instance,
            data=check_upload(words["file"]),
            caption=words["caption"],
            alt=words["alt"],
            order=words["order"],
            user=self.user,
        )

    def save_existing(self, form, obj: CaseImage, commit: bool = True) -> CaseImage:
        upload = form.cleaned_data["file"]
        if isinstance(upload, UploadedFile):
            return replace_case_image(image=form.instance, data=check_upload(upload), user=self.user)
        return save_case_image(image=form.instance, user=self.user)

    def delete_existing(self, obj: CaseImage, commit: bool = True) -> None:
        delete_case_images(images=[obj], user=self.user)


class CaseImageInline(admin.TabularInline):
    model = CaseImage
    form = CaseImageForm
    formset = CaseImageFormSet
    extra = 0
    fields = ("thumbnail", "order", "file", "caption", "alt")
    readonly_fields = ("thumbnail",)

    class Media:
        css = {"all": ("desk/images.css",)}
        js = (forms.Script("desk/images.js", type="module"),)

    def get_max_num(self, request: HttpRequest, obj: Case | None = None, **kwargs) -> int | None:
        return 0 if obj and obj.status == CaseStatus.PUBLISHED else super().get_max_num(request, obj, **kwargs)

    def get_formset(self, request: HttpRequest, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.user = request.user
        return formset

    @admin.display(description="预览")
    def thumbnail(self, image: CaseImage) -> str:
        if not image.pk:
            return "—"
        return format_html(
            '<img class="case-thumbnail" src="{0}" alt="{1}"><code class="image-place">{2}</code>'
            '<button type="button" data-image-place="{2}" hidden>放进正文</button>',
            image.thumbnail_url, image.alt, image.place,
        )  # fmt: skip


def upload_view(case_admin: admin.ModelAdmin) -> Callable:
    """POST ``file``, ``alt`` and ``caption`` to the case ``pk``, by whoever may change it.

    Answers JSON: 201 with the image, or ``{"error": …}`` with 400, 403, 404, 405 or 413.
    """

    @csrf_exempt  # looked at after the length: finding the token reads the whole upload
    def upload_image(request: HttpRequest, pk: int) -> JsonResponse:
        if request.method != "POST":
            return _refused(405, "这个地址只接收上传的图片。")
        case = Case.objects.filter(pk=pk).first()
        if not case_admin.has_change_permission(request, case):
            return _refused(403, "你没有修改这篇案例的权限。")
        if case is None:
            return _refused(404, "没有这篇案例，可能已被删除。")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MAX_BYTES + ENVELOPE:
            return _refused(413, f"图片超过 {MAX_BYTES // 1024 // 1024} MB。请先缩小再上传。")
        return _save_upload(request, case)

    return case_admin.admin_site.admin_view(upload_image)


@csrf_protect
def _save_upload(request: HttpRequest, case: Case) -> JsonResponse:
    upload = request.FILES.get("file")
    if upload is None:
        return _refused(400, "没有收到图片，请重新选择。")
    try:
        checked = check_upload(upload)
        with edit_cases():
            # Locked, so that the page's own upload can be distinguished from what someone else wrote meanwhile.
            hold_case(case.pk)
            before = latest_number(case)
            words = {"caption": request.POST.get("caption", ""), "alt": request.POST.get("alt", "")}
            image = add_case_image(case=case, data=checked, user=request.user, **words)
            version = latest_number(case)
    except ImageError as error:
        return _refused(STATUS.get(error.code, 400), str(error))
    except ValidationError as error:
        return _refused(400, " ".join(error.messages))
    return _answer(201, {
        "id": image.pk, "order": image.order, "place": image.place, "alt": image.alt, "caption": image.caption,
        "url": image.file.url, "thumbnail": image.thumbnail_url, "width": image.width, "height": image.height,
        "version_before": before, "version": version,
    })  # fmt: skip


def _refused(status: int, message: str) -> JsonResponse:
    return _answer(status, {"error": message})


def _answer(status: int, data: dict) -> JsonResponse:
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
