"""Settings of `make apps`."""

c = get_config()  # noqa: F821

# The start page and the look of an app: share/voila/templates/lecture.
c.VoilaConfiguration.template = "lecture"
c.VoilaConfiguration.classic_tree = True
c.VoilaConfiguration.theme = "light"
c.VoilaConfiguration.allow_template_override = "NO"
c.VoilaConfiguration.allow_theme_override = "NO"
c.VoilaConfiguration.show_tracebacks = True

# What the explorers need of JupyterLab's extensions; others are made for JupyterLab alone, and fail here.
c.VoilaConfiguration.extension_allowlist = [
    "anywidget",
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
]


def give_cookie(handler, notebook, cwd):
    """Set the cookie of the check against cross-site requests, which Voilà 0.5 gives to the start page alone.

    A page that is left tells the server to end its Python process. Without the cookie that message is refused.
    """
    handler.xsrf_token  # noqa: B018  reading it sets the cookie


c.VoilaConfiguration.prelaunch_hook = give_cookie

# A page that was lost, as on a laptop that sleeps, keeps its process for five minutes.
c.MappingKernelManager.cull_idle_timeout = 300
c.MappingKernelManager.cull_interval = 60
c.MappingKernelManager.cull_connected = False
