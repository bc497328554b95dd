using Rollcall.Kubernetes.Clusters;

namespace Rollcall.Kubernetes.Tests.Clusters;

public sealed class KubeConfigTests : IDisposable
{
    private const string Basic = """
        apiVersion: v1
        kind: Config
        current-context: dev
        preferences: {}
        clusters:
        - name: one
          cluster: { server: "https://10.0.0.1:6443", certificate-authority: ca.crt, tls-server-name: kube.example, proxy-url: "socks5://proxy:1080" }
        - name: two
          cluster: { server: "https://10.0.0.2:6443/prefix", insecure-skip-tls-verify: true }
        contexts:
        - name: dev
          context: { cluster: one, user: me, namespace: shop }
        - name: prod
          context: { cluster: two, user: plugin }
        users:
        - name: me
          user: { client-certificate: certs/me.crt, client-key-data: a2V5, tokenFile: /run/token }
        - name: plugin
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./login
              args: [--cluster, two]
              env: [{ name: REGION, value: eu }]
              interactiveMode: Never
              provideClusterInfo: true
              installHint: Get it from the platform team.
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rollcall-kubeconfig-");

    [Fact]
    public void The_current_context_says_where_and_who()
    {
        var settings = KubeConfig.Read([Write("config", Basic)], null);

        Assert.Equal(("dev", "https://10.0.0.1:6443/", "shop", "kube.example"), (settings.Name, settings.Server.AbsoluteUri, settings.Namespace, settings.TlsServerName));
        Assert.Equal(new Uri("socks5://proxy:1080"), settings.Proxy);
        Assert.Equal(Path.Combine(_directory.FullName, "ca.crt"), settings.Authority!.File);
        Assert.Equal(Path.Combine(_directory.FullName, "certs", "me.crt"), settings.Certificate!.File);
        Assert.Equal("key"u8.ToArray(), settings.Key!.Data);
        Assert.Equal("/run/token", settings.TokenFile);
        Assert.False(settings.SkipVerification);
    }

    [Fact]
    public void Another_context_can_be_named()
    {
        var settings = KubeConfig.Read([Write("config", Basic)], "prod");

        Assert.Equal(("prod", "default", true), (settings.Name, settings.Namespace, settings.SkipVerification));
        var exec = settings.Exec!;
        Assert.Equal(("./login", "--cluster two", true, _directory.FullName), (exec.Command, string.Join(' ', exec.Arguments), exec.ProvideClusterInfo, exec.Directory));
        Assert.Equal(KeyValuePair.Create("REGION", "eu"), Assert.Single(exec.Variables));
        Assert.Equal("Get it from the platform team.", exec.InstallHint);
    }

    [Fact]
    public void Of_several_files_the_first_word_counts_and_missing_files_do_not()
    {
        var first = Write("first", """
            contexts: [{ name: mine, context: { cluster: one, user: me } }]
            users: [{ name: me, user: { token: first } }]
            clusters:
            """);
        var settings = KubeConfig.Read([Path.Combine(_directory.FullName, "missing"), first, Write("second", Basic)], "mine");

        Assert.Equal(("first", "https://10.0.0.1:6443/"), (settings.Token, settings.Server.AbsoluteUri));
        Assert.Equal("dev", KubeConfig.Read([first, Write("second", Basic)], null).Name);
    }

    [Theory]
    [InlineData("current-context: dev", "current-context: other", "has no context 'other'. There are: dev, prod.")]
    [InlineData("current-context: dev", "current-context: \"\"", "has no current context")]
    [InlineData("cluster: one", "cluster: three", "has no cluster 'three'. There are: one, two.")]
    [InlineData("user: me,", "user: you,", "has no user 'you'")]
    [InlineData("server: \"https://10.0.0.1:6443\"", "server: kube", "'server' is no absolute URL")]
    [InlineData("client-key-data: a2V5", "client-key-data: '%'", "'client-key-data' is no base64")]
    [InlineData("contexts:", "contexts: [", "is wrong at line")]
    [InlineData("clusters:", "clusters: {}\nrest:", "'clusters' must be a list")]
    public void A_mistake_names_the_file_and_what_to_write(string right, string wrong, string expected)
    {
        var file = Write("config", Basic.Replace(right, wrong, StringComparison.Ordinal));

        var error = Assert.Throws<DiscoveryException>(() => KubeConfig.Read([file], null));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_of_another_version_and_what_Kubernetes_removed_are_refused()
    {
        var alpha = Write("alpha", Basic.Replace("k8s.io/v1", "k8s.io/v1alpha1", StringComparison.Ordinal));
        Assert.Contains("v1beta1", Assert.Throws<DiscoveryException>(() => KubeConfig.Read([alpha], "prod")).Message, StringComparison.Ordinal);
        var provider = Write("provider", Basic.Replace("user: { client", "user: { auth-provider: { name: gcp }, client", StringComparison.Ordinal));
        Assert.Contains("auth-provider", Assert.Throws<DiscoveryException>(() => KubeConfig.Read([provider], null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused()
    {
        var file = Write("config", new string('#', (1024 * 1024) + 1));
        Assert.Contains("1,048,576", Assert.Throws<DiscoveryException>(() => KubeConfig.Read([file], null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_named_comes_first_then_the_pod_then_the_home_directory()
    {
        var named = Write("named", Basic);
        var home = _directory.CreateSubdirectory("home");
        var account = _directory.CreateSubdirectory("account").FullName;
        var variables = new Dictionary<string, string> { ["HOME"] = home.FullName };
        var options = new KubernetesSourceOptions { ServiceAccountDirectory = account, Variable = variables.GetValueOrDefault };
        var reader = new ClusterSettingsReader(options);

        var nowhere = Assert.Throws<DiscoveryException>(() => reader.Read(null));
        Assert.Contains("KUBECONFIG", nowhere.Message, StringComparison.Ordinal);

        home.CreateSubdirectory(".kube");
        File.Copy(named, Path.Combine(home.FullName, ".kube", "config"));
        Assert.Equal("dev", reader.Read(null).Name);

        (variables["KUBERNETES_SERVICE_HOST"], variables["KUBERNETES_SERVICE_PORT"]) = ("fd00::1", "443");
        Assert.Equal("dev", reader.Read(null).Name); // no service account yet
        File.WriteAllText(Path.Combine(account, "token"), "t");
        File.WriteAllText(Path.Combine(account, "namespace"), "web\n");
        var own = reader.Read(null);
        Assert.Equal(("in-cluster", "https://[fd00::1]/", "web"), (own.Name, own.Server.AbsoluteUri, own.Namespace));
        Assert.Equal("prod", reader.Read("prod").Name); // a context is something of a kubeconfig

        variables["KUBECONFIG"] = named;
        Assert.Equal("dev", reader.Read(null).Name);
        options.Context = "prod";
        Assert.Equal("prod", reader.Read(null).Name);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var file = Path.Combine(_directory.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }
}
