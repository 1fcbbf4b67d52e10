namespace SimpleFlow.Onnx;

/// <summary>The name of an op in one word: <c>Relu</c> in the standard op set, <c>com.example.Softsign</c> in another.</summary>
internal static class OpName
{
    /// <param name="domain">The op set; "" is the standard one.</param>
    /// <param name="op">Its name there.</param>
    public static string Of(string domain, string op) => domain.Length == 0 ? op : $"{domain}.{op}";

    // Op sets have points in their names, and ops have none.
    public static (string Domain, string Op) Parts(string name) =>
        name.LastIndexOf('.') is var point and > 0 ? (name[..point], name[(point + 1)..]) : ("", name);
}
