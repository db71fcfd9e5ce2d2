"""Pictures in a bucket (``MEDIA_S3_BUCKET``), for several web machines; needs ``requirements-s3.txt``."""

from urllib.parse import urljoin

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class MediaOnS3(S3Storage):
    """The bucket stays private: readers get pictures under /media/ of the site, with its headers, kept by the front."""

    def url(self, name: str, *_: object, **__: object) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))
