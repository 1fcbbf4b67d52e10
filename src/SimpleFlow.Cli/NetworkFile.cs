using SimpleFlow.Onnx;

namespace SimpleFlow.Cli;

/// <summary>Loads what MODEL names, for every command: a network that was saved, or one that was exported as an ONNX file. An ONNX file of
/// another program is not a network; commands that can use it nevertheless say how.</summary>
internal static class NetworkFile
{
    private const string Ending = ".onnx";

    /// <summary>Whether a path names an ONNX file.</summary>
    public static bool IsOnnx(string path) => path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);

    /// <summary>Loads a network.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="threads">On how many threads it may run; null: on all.</param>
    /// <param name="foreign">Makes a network of an ONNX file that SimpleFlow did not export, given the reason.</param>
    /// <param name="optimizer">How it could be trained.</param>
    /// <exception cref="SimpleFlowException">There is no network, or it is damaged.</exception>
    public static Network Load(string path, int? threads, Func<string, Network> foreign, Optimizer? optimizer = null)
    {
        if (!IsOnnx(path)) return Network.Load(path, threads, optimizer);
        return OnnxNetwork.TryLoad(path, out var network, out var why, threads, optimizer) ? network : foreign(why);
    }

    /// <summary>Loads a network that SimpleFlow saved or exported.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="threads">On how many threads it may run; null: on all.</param>
    /// <param name="need">What the command needs of it, in words.</param>
    /// <exception cref="SimpleFlowException">There is no network, it is damaged, or another program wrote it.</exception>
    public static Network Load(string path, int? threads, string need) =>
        Load(path, threads, why => throw new DataException($"{path}: {why} {need}"));
}
